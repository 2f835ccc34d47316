'use strict';
// node reference.js FOLDER: the stack of examples/article_new.rs.
const cdk = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const kms = require('aws-cdk-lib/aws-kms');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const rds = require('aws-cdk-lib/aws-rds');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');

const isolated = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

class Billing extends cdk.Stack {
  constructor(scope, id) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'private', cidrMask: 24, ...isolated }],
    });
    const group = (name, description) =>
      new ec2.SecurityGroup(this, name, { vpc, description, allowAllOutbound: false });
    const lambdaSg = group('LambdaSg', 'functions');
    const proxySg = group('ProxySg', 'proxy');
    const databaseSg = group('DatabaseSg', 'database');
    const apiSg = group('SecretsApiSg', 'Secrets Manager API');

    const key = new kms.Key(this, 'Key', { enableKeyRotation: true, alias: 'alias/billing' });
    const secret = new secretsmanager.Secret(this, 'Secret', {
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'billie' }),
        generateStringKey: 'password',
        excludeCharacters: '"@/\\ \'',
      },
    });
    const database = new rds.DatabaseInstance(this, 'Database', {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
      vpc,
      vpcSubnets: isolated,
      securityGroups: [databaseSg],
      credentials: rds.Credentials.fromSecret(secret),
      databaseName: 'billing',
      multiAz: true,
      storageEncryptionKey: key,
    });
    const proxy = database.addProxy('Proxy', {
      secrets: [secret], vpc, vpcSubnets: isolated, securityGroups: [proxySg], iamAuth: true,
    });
    vpc.addInterfaceEndpoint('SecretsApi', {
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER, open: false, securityGroups: [apiSg], subnets: isolated,
    });
    const handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromInline('def handler(event, context):\n    return {}\n'),
      vpc,
      vpcSubnets: isolated,
      securityGroups: [lambdaSg],
      environment: { DB_HOST: proxy.endpoint, DB_PORT: '5432', DB_NAME: 'billing', DB_USER: 'billie' },
      environmentEncryption: key,
      logGroup: new logs.LogGroup(this, 'Logs', { encryptionKey: key }),
      timeout: cdk.Duration.minutes(3),
    });
    proxySg.connections.allowFrom(lambdaSg, ec2.Port.tcp(5432));
    databaseSg.connections.allowFrom(proxySg, ec2.Port.tcp(5432));
    apiSg.connections.allowFrom(lambdaSg, ec2.Port.tcp(443));
    proxy.grantConnect(handler, 'billie');
    new cdk.CfnOutput(this, 'ProxyEndpoint', { value: proxy.endpoint });
  }
}

const app = new cdk.App({ outdir: process.argv[2] });
new Billing(app, 'Billing');
app.synth();
