// Puts cases before another evaluator and compares its answers with Formwork's:
// `node compare.mjs CASES.jsonl FOLDER`, of which the folder has the other one installed.

import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [cases, modules] = process.argv.slice(2);
const found = createRequire(pathToFileURL(`${modules}/`)).resolve("@cloud-copilot/iam-simulate");
const { runSimulation } = createRequire(import.meta.url)(found);

const words = { Allowed: "yes", ImplicitlyDenied: "no", ExplicitlyDenied: "deny" };

// Differences, and why they are none.
const argued = {
  "it drops a key that it does not find among those of the action, such as the encryption context's": ({ result }) =>
    result.result?.ignoredContextKeys?.length > 0,
  "it knows the actions that there are only, and this one is a plant": ({ result }) =>
    result.errors?.message === "invalid.action",
  "whether a boundary or session policy limits what a policy of the resource gives to `*` is not documented: Formwork \
leaves it open": ({ simulation, answer }) =>
    answer === "unknown" && /"AWS":"\*"/.test(JSON.stringify(simulation.resourcePolicy)),
  "what a policy of the resource gives to a session is not limited by the session's policy, \
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session": ({ simulation, answer }) =>
    answer === "yes" && simulation.sessionPolicy && JSON.stringify(simulation.resourcePolicy).includes(":assumed-role/"),
};

let passed = 0;
let failed = 0;
const counts = { hand: 0, random: 0 };
const excused = new Map();
const answers = new Map();
for (const line of readFileSync(cases, "utf8").split("\n").filter(Boolean)) {
  const { said, case: simulation, answer } = JSON.parse(line);
  counts[said.startsWith("random ") ? "random" : "hand"] += 1;
  const result = await runSimulation(simulation, {});
  const theirs = words[result.overallResult] ?? `${result.resultType} ${JSON.stringify(result.errors ?? "")}`;
  if (theirs === answer) {
    passed += 1;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    continue;
  }
  const reason = Object.keys(argued).find((reason) => argued[reason]({ result, simulation, answer }));
  if (reason) {
    excused.set(reason, [...(excused.get(reason) ?? []), said]);
    continue;
  }
  failed += 1;
  if (failed <= 20) {
    console.log(`${said}: ${answer}, the other one says ${theirs}`);
    console.log(`   ${JSON.stringify(simulation)}`);
  }
}
for (const [reason, said] of excused) console.log(`argued, ${said.length}: ${reason}: ${said.slice(0, 12).join("; ")}`);
console.log(`${counts.hand} made by hand, ${counts.random} at random`);
console.log([...answers].map(([answer, count]) => `${answer}: ${count}`).join(", "));
console.log(`iam: ${passed} passed, ${failed} failed`);
if (process.env.LABS_TALLY) appendFileSync(process.env.LABS_TALLY, `${passed} ${failed} 0\n`);
