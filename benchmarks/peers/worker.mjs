// graphile-worker hands each job to nodemailer, which keeps its connections open: one mail a job.
import { run } from "graphile-worker";
import { createTransport } from "nodemailer";

const [connectionString, port, concurrency] = process.argv.slice(2);
const mail = createTransport({ host: "127.0.0.1", port: Number(port), pool: true, maxConnections: Number(concurrency), maxMessages: Infinity, ignoreTLS: true });
await run({
  connectionString,
  concurrency: Number(concurrency),
  pollInterval: 100,
  noHandleSignals: false,
  taskList: {
    mail: async ({ number, text, html }) => {
      await mail.sendMail({
        from: '"Rep" <rep@bench.example>', to: `"Person ${number}" <person${number}@x${number}.example>`,
        subject: `Person, a question about freight`, text, html,
        headers: { "List-Unsubscribe": `<https://bench.example/u/${number}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      });
    },
  },
});
