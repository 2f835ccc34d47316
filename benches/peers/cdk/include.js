// What the CDK has to say of a template that it is given as it is: `node include.js TEMPLATE FOLDER` reads it by CfnInclude,
// writes the assembly into the folder, and prints every message that the CLI would show.
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');

const [templateFile, outdir] = process.argv.slice(2);
const app = new App({ outdir });
new CfnInclude(new Stack(app, 'Included'), 'Template', { templateFile });
const messages = app.synth().stacks.flatMap((stack) => stack.messages);
messages.forEach(({ level, entry }) => console.log(`${level}: ${entry.data}`));
console.log(`${messages.length} messages`);
