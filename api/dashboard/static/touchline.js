"use strict";
// The keyboard, and no more: every act is a form that works without this file.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const POLL_EVERY = 5000;
  let leftTag = "";
  let busy = 0;
  let wanted = ""; // the task that was chosen last; its panel may still be on its way

  const notes = new Map(); // what was typed and not yet sent, by task

  const rows = () => $$("#queue .row:not(.is-leaving)");
  const current = () => wanted || $("#panel")?.dataset.task;
  const rowOf = (task) => document.getElementById(`row-${task}`);
  const isTyping = (element) => element.matches("input:not([type=checkbox]), textarea, select");
  const announce = (text) => { $("#live").textContent = text; };

  async function ask(url, options = {}) {
    const headers = { "X-Requested-With": "touchline", ...options.headers };
    let answer;
    try {
      answer = await fetch(url, { ...options, headers });
    } catch {
      throw new Error(document.body.dataset.offline);
    }
    if (answer.redirected && new URL(answer.url).pathname === "/login") location.assign("/login");
    if (answer.ok || answer.status === 304) return answer;
    const problem = await answer.json().catch(() => ({}));
    const failure = new Error(problem.detail || problem.title || document.body.dataset.offline);
    failure.status = answer.status;
    failure.fields = (problem.errors || []).map((one) => one.field);
    throw failure;
  }

  function complain(message) {
    const place = $("#problem");
    if (!place) return announce(message);
    place.textContent = message;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  // ---- the queue on the left -------------------------------------------------------------------------------------
  function mark(task) {
    for (const row of $$("#queue .row")) row.toggleAttribute("aria-current", false);
    const row = rowOf(task);
    if (!row) return;
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }

  async function refresh() {
    if (!$("#queue")) return;
    const open = new Map($$("#left details").map((one) => [one.id, one.open]));
    const selected = current() ? `?task=${current()}` : "";
    const answer = await ask(`/fragments/left${selected}`, { headers: { "If-None-Match": leftTag } });
    if (answer.status === 304 || busy) return;
    leftTag = answer.headers.get("ETag") || "";
    const focused = document.activeElement?.id;
    $("#left").innerHTML = await answer.text();
    for (const one of $$("#left details")) if (open.has(one.id)) one.open = open.get(one.id);
    if (current()) mark(current());
    if (focused && focused.startsWith("row-")) document.getElementById(focused)?.focus();
    $(".clock").textContent = $(".heading").dataset.clock;
    const left = Number($("#queue").dataset.total);
    document.title = document.title.replace(/^\(\d+\) /, "").replace(/^/, left ? `(${left}) ` : "");
  }

  // ---- one task on the right -------------------------------------------------------------------------------------
  async function show(task, { asking = "" } = {}) {
    wanted = task;
    mark(task);
    const answer = await ask(`/fragments/panel/${task}?ask=${encodeURIComponent(asking)}`);
    const panel = await answer.text();
    if (wanted !== task) return;
    $("#right").innerHTML = panel;
    document.body.classList.add("is-picked");
    history.replaceState(null, "", `/?task=${task}`);
    const note = $("#note");
    if (note && notes.has(task)) note.value = notes.get(task);
    if (asking) $(".ask input:not([type=hidden]), .ask button")?.focus();
    announce(`${$("#panel-name")?.textContent || ""}. ${$(".notice span")?.textContent || ""}`);
  }

  const pick = (task) => show(task).catch((failure) => complain(failure.message));

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.dataset.task === current());
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    pick(next.dataset.task);
  }

  // ---- what is done ----------------------------------------------------------------------------------------------
  function nextAfter(task) {
    const all = rows();
    const here = all.findIndex((row) => row.dataset.task === task);
    return (all[here + 1] || all[here - 1])?.dataset.task;
  }

  // The next task is shown at once; a refusal brings the old one back with its note and says why.
  async function send(form, button) {
    const task = current();
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.set(button.name, button.value);
    const row = rowOf(task);
    const next = nextAfter(task);
    busy += 1;
    row?.classList.add("is-leaving");
    for (const one of $$("button", form)) one.disabled = true;
    const moved = next && next !== task ? show(next) : Promise.resolve();
    try {
      const answer = await ask(form.action, { method: "POST", body });
      notes.delete(task);
      toast(await answer.text());
      await moved.catch(() => {});
    } catch (failure) {
      row?.classList.remove("is-leaving");
      await moved.catch(() => {});
      const asking = failure.fields?.length ? body.get("outcome") || "" : "";
      await show(task, { asking }).catch(() => {});
      complain(failure.message);
    } finally {
      busy -= 1;
      leftTag = "";
      await refresh().catch(() => {});
      if (!next && !rows().length) location.assign("/");
    }
  }

  let fading;
  function toast(html) {
    $("#done").innerHTML = html;
    clearTimeout(fading);
    fading = setTimeout(() => { $("#done").innerHTML = ""; }, 5 * 60 * 1000);
  }

  async function undo(form) {
    const task = form.dataset.undo;
    try {
      const answer = await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      toast(await answer.text());
      clearTimeout(fading);
      fading = setTimeout(() => { $("#done").innerHTML = ""; }, 4000);
      leftTag = "";
      await refresh();
      await show(task);
    } catch (failure) {
      complain(failure.message);
    }
  }

  async function settle(form, button) {
    const body = new URLSearchParams();
    if (button.name) body.set(button.name, button.value);
    const target = button.hasAttribute("formaction") ? button.formAction : form.action;
    try {
      await ask(target, { method: "POST", body });
      leftTag = "";
      await refresh();
    } catch (failure) {
      complain(failure.message);
    }
  }

  function press(button) {
    const needs = (button.dataset.needs || "").split(" ").filter(Boolean);
    const note = $("#note")?.value.trim();
    const isAnswered = needs.every((need) => need === "note" && note);
    if (needs.length && !isAnswered) {
      show(current(), { asking: button.value }).then(() => {
        if (needs.includes("note")) $("#note").focus();
      }).catch((failure) => complain(failure.message));
      return;
    }
    send(button.form, button);
  }

  // ---- wiring ----------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-answer]")) {
      event.preventDefault();
      const button = event.submitter;
      if (button?.dataset.needs) press(button); else send(form, button);
    } else if (form.matches("[data-undo]")) {
      event.preventDefault();
      undo(form);
    } else if (form.matches("[data-settle]")) {
      event.preventDefault();
      settle(form, event.submitter);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a[data-task], a[data-ask-for], a[data-cancel], a[data-back], [data-help]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.task) pick(link.dataset.task);
    else if (link.dataset.askFor) show(current(), { asking: link.dataset.askFor });
    else if ("cancel" in link.dataset) show(current());
    else if ("help" in link.dataset) $("#help").showModal();
    else document.body.classList.remove("is-picked");
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "note") notes.set($("#panel").dataset.task, event.target.value);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.submit();
  });

  const OWN = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    u: () => { const form = $("#done form"); if (form) undo(form); },
    t: () => $("#note")?.focus(),
    "/": () => $("#q").focus(),
    "?": () => $("#help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      if ($("[data-cancel]")) $("[data-cancel]").click(); else document.activeElement?.blur();
      return;
    }
    if (isTyping(event.target) || $("dialog[open]")) return;
    const button = event.repeat ? null : $(`#panel [data-key="${CSS.escape(event.key)}"]`);
    if (button && !button.disabled && $("#panel").dataset.task === current()) {
      event.preventDefault();
      if (button.matches("button[name=outcome]")) press(button); else button.click();
    } else if (OWN[event.key]) {
      event.preventDefault();
      OWN[event.key]();
    }
  });

  for (const one of $$("[data-help]")) one.hidden = false;
  setInterval(() => { if (!document.hidden && !busy) refresh().catch(() => {}); }, POLL_EVERY);
})();
