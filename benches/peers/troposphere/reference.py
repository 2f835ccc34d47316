"""reference.py FILE: the stack of examples/article_new.rs."""

import sys
from pathlib import Path

from troposphere import GetAtt, GetAZs, Output, Ref, Select, Split, Sub, Template
from troposphere import awslambda, ec2, iam, kms, logs, rds, secretsmanager

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
SNAPSHOT = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}

template = Template()
template.set_version("2010-09-09")
template.set_description("Invoices: a function reaches PostgreSQL through RDS Proxy.")
add = template.add_resource

vpc = add(ec2.VPC("Vpc", CidrBlock="10.20.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True))
private = []
for index in range(2):
    subnet = add(ec2.Subnet(
        f"Private{index}", VpcId=Ref(vpc), CidrBlock=f"10.20.{index}.0/24",
        AvailabilityZone=Select(index, GetAZs("")), MapPublicIpOnLaunch=False))
    table = add(ec2.RouteTable(f"Private{index}Routes", VpcId=Ref(vpc)))
    add(ec2.SubnetRouteTableAssociation(
        f"Private{index}Association", SubnetId=Ref(subnet), RouteTableId=Ref(table)))
    private.append(Ref(subnet))


def group(name, description):
    nothing = ec2.SecurityGroupRule(IpProtocol="-1", CidrIp="127.0.0.1/32", Description="nothing")
    return add(ec2.SecurityGroup(name, GroupDescription=description, VpcId=Ref(vpc), SecurityGroupEgress=[nothing]))


def allow(caller, listener, port):
    shared = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    caller_id, listener_id = GetAtt(caller, "GroupId"), GetAtt(listener, "GroupId")
    add(ec2.SecurityGroupEgress(
        f"{caller.title}To{listener.title}", GroupId=caller_id, DestinationSecurityGroupId=listener_id, **shared))
    add(ec2.SecurityGroupIngress(
        f"{listener.title}From{caller.title}", GroupId=listener_id, SourceSecurityGroupId=caller_id, **shared))


lambda_sg = group("LambdaSg", "functions")
proxy_sg = group("ProxySg", "proxy")
database_sg = group("DatabaseSg", "database")
api_sg = group("SecretsApiSg", "Secrets Manager API")
allow(lambda_sg, proxy_sg, 5432)
allow(proxy_sg, database_sg, 5432)
allow(lambda_sg, api_sg, 443)

key = add(kms.Key("Key", EnableKeyRotation=True, **RETAIN, KeyPolicy={
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
         "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}},
        {"Effect": "Allow", "Resource": "*",
         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
         "Principal": {"Service": Sub("logs.${AWS::Region}.amazonaws.com")}},
    ]}))
add(kms.Alias("KeyAlias", AliasName="alias/billing", TargetKeyId=Ref(key)))
secret = add(secretsmanager.Secret(
    "Secret", KmsKeyId=GetAtt(key, "Arn"), **RETAIN,
    GenerateSecretString=secretsmanager.GenerateSecretString(
        SecretStringTemplate='{"username":"billie"}', GenerateStringKey="password", ExcludeCharacters="\"@/\\ '")))
subnets = add(rds.DBSubnetGroup("DatabaseSubnets", DBSubnetGroupDescription="Database", SubnetIds=private))
parameters = add(rds.DBParameterGroup(
    "DatabaseParameters", Description="parameters of Database", Family="postgres17",
    Parameters={"rds.force_ssl": "1"}))
database = add(rds.DBInstance(
    "Database", Engine="postgres", EngineVersion="17.11", DBInstanceClass="db.t4g.medium", AllocatedStorage="20",
    StorageType="gp3", DBName="billing", MultiAZ=True, StorageEncrypted=True, KmsKeyId=GetAtt(key, "Arn"),
    DBSubnetGroupName=Ref(subnets), DBParameterGroupName=Ref(parameters), BackupRetentionPeriod=7,
    VPCSecurityGroups=[GetAtt(database_sg, "GroupId")], PubliclyAccessible=False, DeletionProtection=True,
    CopyTagsToSnapshot=True, EnableCloudwatchLogsExports=["postgresql", "upgrade"], MasterUsername="billie",
    MasterUserPassword=Sub("{{resolve:secretsmanager:${Secret}:SecretString:password}}"), **SNAPSHOT))
add(secretsmanager.SecretTargetAttachment(
    "DatabaseAttachment", SecretId=Ref(secret), TargetId=Ref(database), TargetType="AWS::RDS::DBInstance"))


def role(name, service, statements, **properties):
    return add(iam.Role(
        name,
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}]},
        Policies=[iam.Policy(
            PolicyName="Grants", PolicyDocument={"Version": "2012-10-17", "Statement": statements})],
        **properties))


proxy_role = role("ProxyRole", "rds.amazonaws.com", [
    {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
     "Resource": Ref(secret)},
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": GetAtt(key, "Arn"),
     "Condition": {"StringEquals": {"kms:ViaService": Sub("secretsmanager.${AWS::Region}.amazonaws.com")}}}])
proxy = add(rds.DBProxy(
    "Proxy", DBProxyName=Sub("${AWS::StackName}-proxy"), EngineFamily="POSTGRESQL", RequireTLS=True,
    RoleArn=GetAtt(proxy_role, "Arn"), VpcSecurityGroupIds=[GetAtt(proxy_sg, "GroupId")], VpcSubnetIds=private,
    Auth=[rds.AuthFormat(AuthScheme="SECRETS", IAMAuth="REQUIRED", SecretArn=Ref(secret))]))
add(rds.DBProxyTargetGroup(
    "ProxyTargets", DBProxyName=Ref(proxy), TargetGroupName="default", DBInstanceIdentifiers=[Ref(database)]))
add(ec2.VPCEndpoint(
    "SecretsApi", VpcId=Ref(vpc), VpcEndpointType="Interface", PrivateDnsEnabled=True,
    ServiceName=Sub("com.amazonaws.${AWS::Region}.secretsmanager"), SubnetIds=private,
    SecurityGroupIds=[GetAtt(api_sg, "GroupId")]))

handler_logs = add(logs.LogGroup("HandlerLogs", RetentionInDays=30, KmsKeyId=GetAtt(key, "Arn")))
user = Sub("arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Resource}/billie",
           Resource=Select(6, Split(":", GetAtt(proxy, "DBProxyArn"))))
handler_role = role(
    "HandlerRole", "lambda.amazonaws.com", [{"Effect": "Allow", "Action": "rds-db:connect", "Resource": user}],
    ManagedPolicyArns=[
        Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole")])
add(awslambda.Function(
    "Handler", Runtime="python3.13", Handler="index.handler", Role=GetAtt(handler_role, "Arn"), Timeout=180,
    Code=awslambda.Code(ZipFile="def handler(event, context):\n    return {}\n"), KmsKeyArn=GetAtt(key, "Arn"),
    Environment=awslambda.Environment(Variables={
        "DB_HOST": GetAtt(proxy, "Endpoint"), "DB_PORT": "5432", "DB_NAME": "billing", "DB_USER": "billie"}),
    LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(handler_logs)),
    VpcConfig=awslambda.VPCConfig(SubnetIds=private, SecurityGroupIds=[GetAtt(lambda_sg, "GroupId")])))
template.add_output(Output("ProxyEndpoint", Value=GetAtt(proxy, "Endpoint")))
Path(sys.argv[1]).write_text(template.to_yaml())
