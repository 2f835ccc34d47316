'use strict';
// node scale.js STACKS RESOURCES FOLDER: as scale.rs.
const cdk = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const sqs = require('aws-cdk-lib/aws-sqs');

const [stacks, resources] = process.argv.slice(2, 4).map(Number);
const app = new cdk.App({ outdir: process.argv[4] });
for (let stackIndex = 0; stackIndex < stacks; stackIndex++) {
  const stack = new cdk.Stack(app, `Scale${stackIndex}`);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['ap-southeast-2a', 'ap-southeast-2b'],
  });
  for (let index = 0; index < resources / 2; index++) {
    const group = new ec2.SecurityGroup(stack, `Group${index}`, { vpc, description: `group ${index}` });
    group.addIngressRule(ec2.Peer.ipv4('10.0.0.0/16'), ec2.Port.tcp(1024 + index));
    new sqs.Queue(stack, `Queue${index}`, {
      visibilityTimeout: cdk.Duration.seconds(30), encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
  }
}
app.synth();
