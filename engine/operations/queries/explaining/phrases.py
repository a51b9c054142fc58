"""The sentences of an explanation, in English and Chinese, by the rule that they tell of."""

from collections.abc import Mapping

Phrase = tuple[str, str]

PLAN: Mapping[str, Phrase] = {
    "day_one": ("Day 1 is {day}, the day on which it began.", "第 1 天为 {day}，即开始当天。"),
    "day_one_later": (
        "Day 1 is {day}: it began on {began}, and that is the first day with a window for its first step.",
        "第 1 天为 {day}：{began} 开始，这是首个步骤最早可执行的一天。",
    ),
    "day_one_ahead": ("Day 1 will be {day}: it is to begin on {began}.", "第 1 天将为 {day}：预计 {began} 开始。"),
    "day_from_day_one": (
        "Its `day: {number}` is {day}, {away} after day 1.",
        "`day: {number}` 即第 1 天之后 {away}：{day}。",
    ),
    "day_from_last": (
        "Its `day: {number}` is {day}, {away} after {last}, which was planned for {planned}.",
        "`day: {number}` 即 {last}（原定 {planned}）之后 {away}：{day}。",
    ),
    "lateness": (
        "{last} was due on {due} and over on {ended}, {late} late: what follows moves to {day}.",
        "{last} 应于 {due} 完成，实际 {ended} 结束，晚了 {late}：后续顺延至 {day}。",
    ),
    "not_twice_a_day": (
        "No lane is worked twice on one day: {last} ended the day before, so not before {day}.",
        "同一通道一天内不重复触达：{last} 于前一天结束，因此不早于 {day}。",
    ),
    "join": (
        "`after:` lets it wait for {step} to be over, and {gap} more.",
        "`after:` 须等 {step} 结束后再过 {gap}。",
    ),
    "outcome_wait": (
        "What came of {step} asks for {gap} of rest: not before {until}.",
        "{step} 的结果要求间隔 {gap}：不早于 {until}。",
    ),
    "after": (
        "`after:` asks for {gap} after {step}: not before {until}.",
        "`after:` 要求在 {step} 之后 {gap}：不早于 {until}。",
    ),
    "day_passed_over": ("{days} passed over: {why}.", "跳过 {days}：{why}。"),
    "day_first": ("Its `day: 1` is day 1 itself.", "`day: 1` 即第 1 天当天。"),
    "in_queue_with_window": (
        "It stands in the queue of {rep} from {at} ({zone}), when the window opens.",
        "自 {at}（{zone}）时段开始起进入{rep}的队列。",
    ),
    "rep_day": (
        "It stands in the queue of {rep} from {at} ({zone}), the start of the rep’s day.",
        "自 {at}（{zone}）起进入{rep}的队列，即该同事当日上班时间。",
    ),
    "respond_by": (
        "They asked us: a first answer is due by {at} ({zone}).",
        "对方主动咨询：须在 {at}（{zone}）前首次响应。",
    ),
    "if_late": ("If nobody has done it by {at}, {then}.", "若到 {at} 仍未完成，{then}。"),
    "moved": ("It was moved since, to {at}.", "其后改为 {at}。"),
    "moved_because": ("It was moved since, to {at}: {why}.", "其后改为 {at}：{why}。"),
    "promised": ("A repeat of {step}: they were promised {at}.", "{step} 的重复：已与对方约定 {at}。"),
    "repeat": (
        "A repeat of {step}: what came of it asked for another try, at {at}.",
        "{step} 的重复：上次的结果要求再试，时间为 {at}。",
    ),
    "acknowledgement": (
        "The answer to somebody who asked us: it leaves at once, at any hour, and counts as no touch.",
        "对主动咨询者的自动答复：随时立即发送，不计入触达。",
    ),
    "added": ("Outside the plan: the outcome “{outcome}” asked for it.", "计划之外：由结果“{outcome}”追加。"),
    "older_version": (
        "It stands on {day}, where an older version of the sequence, or a person, has put it.",
        "日期为 {day}，由旧版本序列或人工排定。",
    ),
}

CLOCKS: Mapping[str, Phrase] = {
    "zone": ("By the clock of {zone}: {origin}.", "按 {zone} 的当地时间：{origin}。"),
    "window": ("Its window on {day}: {windows}.", "{day} 的时段：{windows}。"),
    "make_up_day": ("{day} is worked with Monday’s hours: {why}.", "{day} 按周一的时段执行：{why}。"),
    "law": ("Within the hours that the law leaves ({policy}).", "已限制在法规允许的时间内（{policy}）。"),
    "law_leaves_none": (
        "The law’s hours ({policy}) leave none of the sequence’s own.",
        "法规允许的时间（{policy}）与序列时段没有交集。",
    ),
    "clock_change": (
        "Their clocks change meanwhile, from {before} to {after}: the hour on the wall is what counts.",
        "期间当地调整时钟（{before} 变为 {after}）：以当地钟面时间为准。",
    ),
}

PRESENT: Mapping[str, Phrase] = {
    "waits": ("When it is due it will wait until {until}: {why}.", "到期后将等到 {until}：{why}。"),
    "waits_now": ("It waits until {until}: {why}.", "等到 {until}：{why}。"),
    "hold": ("It will be held: {why}.", "将被暂停：{why}。"),
    "skip": ("It will be skipped when it is due: {why}.", "到期时将跳过：{why}。"),
    "cancel": ("When it is due the whole enrollment ends: {why}.", "到期时整个序列将终止：{why}。"),
    "also": ("That stands in its way, too: {why}.", "此外还受限于：{why}。"),
    "cap_full": (
        "{why}: {used} of {most} in {window}; one is free again at {until}.",
        "{why}：{window}内 {used}/{most}；{until} 起有空额。",
    ),
    "gap": ("{why}: its next mail may leave at {until}.", "{why}：{until} 起可发下一封。"),
    "is_held": ("It is held: {why}.", "已暂停：{why}。"),
    "in_doubt": ("Nobody can say whether it left: {why}.", "无法确认是否已发出：{why}。"),
    "detail": ("In detail: {detail}", "详情：{detail}"),
    "task_open": ("Task {task} is in the queue of {rep} since {since}.", "任务 {task} 自 {since} 起在{rep}的队列中。"),
    "task_claimed": ("{rep} works on task {task} until {until}.", "{rep}正在处理任务 {task}（至 {until}）。"),
    "task_snoozed": ("Task {task} of {rep} sleeps until {until}.", "{rep}的任务 {task} 推迟到 {until}。"),
    "task_aside": ("Task {task} of {rep} is put aside until it goes on.", "{rep}的任务 {task} 已搁置，恢复后继续。"),
    "task_lent": ("It is lent: it comes back to {rep} after the leave.", "代班任务：休假结束后归还{rep}。"),
    "sent": ("It left on {at}.", "已于 {at} 发出。"),
    "done": ("It was done on {at}: {outcome}.", "已于 {at} 完成：{outcome}。"),
    "skipped": ("It was skipped on {at}: {why}.", "已于 {at} 跳过：{why}。"),
    "cancelled": ("It was cancelled on {at}: {why}.", "已于 {at} 取消：{why}。"),
    "failed": ("It failed on {at}: {why}.", "已于 {at} 失败：{why}。"),
    "expired": ("It was given up on {at}: {why}.", "已于 {at} 放弃：{why}。"),
    "sending": ("It is being sent at this moment.", "正在发送。"),
    "planned": ("Planned for {at}.", "计划于 {at}。"),
    "due_now": ("Due now.", "现已到期。"),
}

ENROLLMENT: Mapping[str, Phrase] = {
    "active": ("It is under way.", "进行中。"),
    "pending": ("It has not begun: it {why}.", "尚未开始：{why}。"),
    "paused_by": (
        "Paused since {since}: {why}. It goes on when somebody resumes it.",
        "自 {since} 起暂停：{why}。恢复后继续。",
    ),
    "paused_until": ("Paused since {since}: {why}. It goes on at {until}.", "自 {since} 起暂停：{why}。{until} 继续。"),
    "note": ("Note: {note}", "备注：{note}"),
    "waits_for_step": ("{step} is not over yet. {state}", "{step} 尚未结束。{state}"),
    "not_planned_yet": ("{step} is not planned yet either.", "{step} 也尚未排定。"),
    "executed": ("What really ran: {formula}, of {declared}.", "实际执行：{formula}，计划 {declared}。"),
    "finished": ("It ended on {at}: {why}.", "已于 {at} 结束：{why}。"),
    "stopped": ("It was stopped on {at}: {why}.", "已于 {at} 停止：{why}。"),
    "forecast": (
        "A forecast, not a promise: what comes if nobody answers and the rep does each task as soon as it can be done.",
        "仅为预测：假设无人回应、同事在任务可做时立即完成。",
    ),
    "forecast_resumed": (
        "A forecast, as if it were resumed now: if nobody answers and each task is done as soon as it can be.",
        "仅为预测：假设现在恢复、无人回应、任务可做时立即完成。",
    ),
}

# A clause of another sentence.
PARTS: Mapping[str, Phrase] = {
    "the_beginning": ("the beginning", "开始"),
    "step": ("“{key}” ({name}, day {day})", "“{key}”（第 {day} 天，{name}）"),
    "added_step": ("“{key}”", "“{key}”"),
    "no_hours": ("the sequence has no hours on that weekday", "该序列当天没有时段"),
    "law_day": ("the law of their country leaves no hour of it", "当地法规当天不允许联系"),
    "hours_over": ("its hours were over", "当天时段已过"),
    "late_skip_after": ("it is given up", "则放弃此步"),
    "late_proceed": ("it makes room for the next step", "则为下一步让位"),
    "late_reassign": ("it goes to somebody else", "则转交他人"),
    "late_escalate": ("the manager is told", "则通知主管"),
    "late_wait": ("it goes on waiting", "则继续等待"),
    "zone_own column": ("as their list says", "名单中的时区列"),
    "zone_own": ("their own", "本人的时区"),
    "zone_phone": ("from their phone number", "按电话号码推断"),
    "zone_region": ("from their region", "按所在地区推断"),
    "zone_country": ("from their country", "按所在国家推断"),
    "zone_default": ("assumed for the whole list", "整份名单的默认值"),
    "zone_account": ("their company’s, as their own is not known", "所属公司的时区（本人时区未知）"),
    "zone_rep": ("the rep’s, as neither theirs nor their company’s is known", "负责同事的时区（对方时区未知）"),
    "zone_workspace": ("of workspace.yaml, as no other is known", "workspace.yaml 的时区（其他均未知）"),
}

PHRASES: Mapping[str, Phrase] = {**PLAN, **CLOCKS, **PRESENT, **ENROLLMENT}
