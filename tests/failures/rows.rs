//! The table: what fails, which rule finds it, and in which ways it is written.

use super::Row;

/// A second proxy before the same database, which takes so many percent.
macro_rules! second {
    ($share:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Second:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      { DBProxyName: second, EngineFamily: POSTGRESQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB] }\n",
                "  SecondTargets:\n    Type: AWS::RDS::DBProxyTargetGroup\n    Properties:\n      { DBProxyName: !Ref Second, TargetGroupName: default, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: ",
                $share,
                " } }\n  Attachment:\n"
            ),
        )
    };
}

/// A cluster behind a proxy of its own: how its target group waits, what its endpoint is for, its other properties.
macro_rules! cluster {
    ($waits:literal, $role:literal, $more:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Cluster:\n    Type: AWS::RDS::DBCluster\n    DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot\n    Properties:\n      { DBClusterIdentifier: events, Engine: aurora-postgresql, EnableIAMDatabaseAuthentication: true, MasterUsername: owner, ManageMasterUserPassword: true, VpcSecurityGroupIds: [!Ref DatabaseSg]",
                $more,
                " }\n  Writer:\n    Type: AWS::RDS::DBInstance\n    Properties: { Engine: aurora-postgresql, DBInstanceClass: db.r8g.large, DBClusterIdentifier: !Ref Cluster }\n",
                "  Events:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      { DBProxyName: events, EngineFamily: POSTGRESQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB], VpcSecurityGroupIds: [!Ref ProxySg] }\n",
                "  EventTargets:\n    Type: AWS::RDS::DBProxyTargetGroup\n",
                $waits,
                "    Properties: { DBProxyName: !Sub '${Events}', TargetGroupName: default, DBClusterIdentifiers: [!Ref Cluster] }\n",
                "  Readers:\n    Type: AWS::RDS::DBProxyEndpoint\n    Properties:\n      { DBProxyEndpointName: readers, DBProxyName: !Ref Events, VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB], VpcSecurityGroupIds: [!Ref ProxySg], TargetRole: ",
                $role,
                " }\n  Attachment:\n"
            ),
        )
    };
}

mod identity;
mod names;
mod network;
mod proxies;

const AUTH: &str = "[{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: !Ref Secret }]";
const MADE_UP: &str =
    "GenerateSecretString: { SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password }";
const HOST: &str = "{ DB_HOST: !GetAtt Proxy.Endpoint }";
const POOL: &str = "{ MaxConnectionsPercent: 60, MaxIdleConnectionsPercent: 30, ConnectionBorrowTimeout: 10 }";
const OF_PROXY: &str = "[!Ref SubnetA, !Ref SubnetB] # of the proxy";
const OF_GROUP: &str = "database\n      SubnetIds: [!Ref SubnetA, !Ref SubnetB]";
const OF_ENDPOINT: &str = "[!Ref SubnetA, !Ref SubnetB] # of the endpoint";
const VPC_CONFIG: &str = "{ SubnetIds: [!Ref SubnetA, !Ref SubnetB], SecurityGroupIds: [!Ref LambdaSg] }";
const ZONE_B: &str = "!Select [1, !GetAZs '']";
const FAMILY: &str = "EngineFamily: POSTGRESQL\n";
const ARN: &str = "!Sub\n                  - arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app\n                  - Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]]\n";

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Row> {
    [proxies::ROWS, network::ROWS, identity::ROWS, names::ROWS].into_iter().flatten()
}
