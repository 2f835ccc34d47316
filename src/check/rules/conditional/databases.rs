//! RDS and ElastiCache.

use super::conditions;

conditions! {
    Error "E3704" "valkey-without-tls-choice" at &["AWS::ElastiCache::ReplicationGroup"];
    schema r#"{ "if": { "properties": { "Engine": { "const": "valkey" } }, "required": ["Engine"] }, "then": { "required": ["TransitEncryptionEnabled"] } }"#
    because "Valkey is created with it or without, and has no default" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html"
        "A replication group of Valkey says whether traffic is encrypted."
        bad &["Resources: { Cache: { Type: AWS::ElastiCache::ReplicationGroup, Properties: { ReplicationGroupDescription: d, Engine: valkey, CacheNodeType: cache.t3.small, NumCacheClusters: 2 } } }"],
        good &["Resources: { Cache: { Type: AWS::ElastiCache::ReplicationGroup, Properties: { ReplicationGroupDescription: d, Engine: valkey, CacheNodeType: cache.t3.small, NumCacheClusters: 2, TransitEncryptionEnabled: true } } }"];

    Error "E3682" "instance-sets-what-aurora-sets" at &["AWS::RDS::DBInstance"];
    schema r#"{
        "if": { "properties": { "Engine": { "type": "string", "pattern": "aurora" } }, "required": ["Engine"] },
        "then": { "properties": { "AllocatedStorage": false, "CopyTagsToSnapshot": false, "DeletionProtection": false, "EnableIAMDatabaseAuthentication": false, "MasterUserPassword": false } }
    }"#
    because "with Aurora the cluster decides it" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "Storage, password, IAM authentication, deletion protection and the tags of snapshots are the cluster's; an instance of Aurora cannot set them."
        bad &["Resources: { Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: c, DBInstanceClass: db.r6g.large, AllocatedStorage: '20' } } }"],
        good &["Resources: { Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: c, DBInstanceClass: db.r6g.large } } }"];

    Error "E3719" "backups-kept-too-long" at &["AWS::RDS::DBInstance"];
    schema r#"{ "allOf": [
        { "if": { "required": ["DBClusterIdentifier"] }, "then": { "properties": { "BackupRetentionPeriod": false } } },
        {
            "if": { "properties": { "DBClusterIdentifier": false, "SourceDBInstanceIdentifier": false, "Engine": { "type": "string", "not": { "pattern": "^aurora" } } }, "required": ["Engine"] },
            "then": { "properties": { "BackupRetentionPeriod": { "maximum": 35 } } }
        }
    ] }"#
    because "an instance keeps backups for 35 days at most, and one of a cluster as the cluster says" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "Automated backups are kept for up to 35 days; for an instance of a cluster the cluster decides."
        bad &["Resources: { Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: c, DBInstanceClass: db.r6g.large, BackupRetentionPeriod: 7 } } }"],
        good &["Resources: { Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: c, DBInstanceClass: db.r6g.large } } }"];

    Error "E3720" "key-without-encryption" at &["AWS::RDS::DBInstance"];
    schema r#"{
        "if": { "properties": { "Engine": { "type": "string", "not": { "pattern": "^custom-" } }, "SourceDBInstanceIdentifier": false, "DBSnapshotIdentifier": false, "DBClusterIdentifier": false }, "required": ["KmsKeyId", "Engine"] },
        "then": { "required": ["StorageEncrypted"], "properties": { "StorageEncrypted": { "const": true } } }
    }"#
    because "a key encrypts storage only if encryption is on" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "`KmsKeyId` needs `StorageEncrypted: true` beside it."
        bad &["Resources: { Data: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', MasterUsername: me, ManageMasterUserPassword: true, StorageEncrypted: false, KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d' } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', MasterUsername: me, ManageMasterUserPassword: true, StorageEncrypted: true, KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d' } } }"];

    Error "E3721" "wrong-replica-mode" at &["AWS::RDS::DBInstance"];
    schema r#"{
        "if": { "properties": { "Engine": { "type": "string", "pattern": "^(oracle|custom-oracle|db2)" } }, "required": ["Engine", "ReplicaMode"] },
        "then": { "properties": { "ReplicaMode": { "enum": ["mounted", "open-read-only"] } } }
    }"#
    because "a replica is mounted or read" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "`ReplicaMode` of Oracle and Db2 is `mounted` or `open-read-only`."
        bad &["Resources: { Data: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: oracle-ee, DBInstanceClass: db.t3.micro, SourceDBInstanceIdentifier: s, ReplicaMode: open } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: oracle-ee, DBInstanceClass: db.t3.micro, SourceDBInstanceIdentifier: s, ReplicaMode: mounted } } }"];

    Error "E3686" "scaling-of-other-mode" at &["AWS::RDS::DBCluster"];
    schema r#"{ "allOf": [
        { "if": { "anyOf": [{ "properties": { "EngineMode": { "const": "provisioned" } }, "required": ["EngineMode"] }, { "properties": { "EngineMode": false } }] }, "then": { "properties": { "ScalingConfiguration": false } } },
        { "if": { "properties": { "EngineMode": { "const": "serverless" } }, "required": ["EngineMode"] }, "then": { "properties": { "ServerlessV2ScalingConfiguration": false } } }
    ] }"#
    because "`ScalingConfiguration` is of the mode `serverless`, `ServerlessV2ScalingConfiguration` of `provisioned`" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "Aurora Serverless v1 and v2 scale by different properties."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, ScalingConfiguration: { MinCapacity: 2 } } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 2 } } } }"];

    Error "E3689" "monitoring-half-set" at &["AWS::RDS::DBCluster"];
    schema r#"{
        "if": { "required": ["MonitoringRoleArn"] },
        "then": { "required": ["MonitoringInterval"], "properties": { "MonitoringInterval": { "exclusiveMinimum": 0 } } },
        "else": { "if": { "properties": { "MonitoringInterval": { "type": ["integer", "string"], "exclusiveMinimum": 0 } }, "required": ["MonitoringInterval"] }, "then": { "required": ["MonitoringRoleArn"] } }
    }"#
    because "enhanced monitoring has a role and an interval" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "Enhanced monitoring needs both: the role that it writes with and an interval other than 0."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, MonitoringInterval: 60 } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, MonitoringInterval: 60, MonitoringRoleArn: 'arn:aws:iam::111122223333:role/r' } } }"];

    Error "E3692" "incomplete-multi-az-cluster" at &["AWS::RDS::DBCluster"];
    schema r#"{
        "if": { "properties": { "Engine": { "enum": ["mysql", "postgres"] } }, "required": ["Engine"] },
        "then": {
            "required": ["AllocatedStorage", "DBClusterInstanceClass", "Iops", "StorageType"],
            "properties": {
                "AvailabilityZones": false, "BacktrackWindow": false, "Domain": false, "DomainIAMRoleName": false, "EnableGlobalWriteForwarding": false,
                "EnableHttpEndpoint": false, "EnableIAMDatabaseAuthentication": false, "EngineMode": false, "GlobalClusterIdentifier": false,
                "NetworkType": false, "ReplicationSourceIdentifier": false, "ScalingConfiguration": false, "ServerlessV2ScalingConfiguration": false,
                "SourceRegion": false, "StorageType": { "enum": ["io1", "io2", "gp3"] }
            }
        }
    }"#
    because "a cluster of `mysql` or `postgres` is a Multi-AZ DB cluster" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "A Multi-AZ DB cluster has an instance class, storage and IOPS of its own, and nothing of what only Aurora has."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: postgres, MasterUsername: me, ManageMasterUserPassword: true } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: postgres, MasterUsername: me, ManageMasterUserPassword: true, AllocatedStorage: 100, DBClusterInstanceClass: db.m5d.large, Iops: 1000, StorageType: io1 } } }"];

    Error "E3693" "aurora-cluster-sets-storage" at &["AWS::RDS::DBCluster"];
    schema r#"{
        "if": { "properties": { "Engine": { "enum": ["aurora-mysql", "aurora-postgresql"] } }, "required": ["Engine"] },
        "then": { "properties": { "AllocatedStorage": false, "DBClusterInstanceClass": false, "Iops": false, "PubliclyAccessible": false, "StorageType": { "enum": ["aurora", "aurora-iopt1"] } } }
    }"#
    because "that is of Multi-AZ DB clusters, and this is Aurora" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "Aurora's storage grows by itself, and its instances are resources of their own: the cluster sets none of it."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, AllocatedStorage: 100 } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true } } }"];

    Warning "W3688" "user-of-restored-cluster" at &["AWS::RDS::DBCluster"];
    schema r#"{ "if": { "properties": { "SnapshotIdentifier": { "type": "string" } }, "required": ["SnapshotIdentifier"] }, "then": { "properties": { "MasterUsername": false } } }"#
    because "the snapshot brings its own" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "A cluster that is restored from a snapshot has the master user of the snapshot."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, SnapshotIdentifier: s, MasterUsername: me } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, SnapshotIdentifier: s } } }"];

    Warning "W3689" "settings-of-copied-cluster" at &["AWS::RDS::DBCluster"];
    schema r#"{ "if": { "properties": { "SourceDBClusterIdentifier": { "type": "string" } }, "required": ["SourceDBClusterIdentifier"] }, "then": { "properties": { "MasterUserPassword": false, "MasterUsername": false, "StorageEncrypted": false } } }"#
    because "the source cluster brings its own" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "A cluster that is restored from another has that one's user, password and encryption."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, SourceDBClusterIdentifier: s, MasterUsername: me } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, SourceDBClusterIdentifier: s } } }"];

    Warning "W3693" "insights-of-serverless-cluster" at &["AWS::RDS::DBCluster"];
    schema r#"{
        "if": { "properties": { "Engine": { "enum": ["aurora-mysql", "aurora-postgresql"] }, "EngineMode": { "const": "serverless" } }, "required": ["Engine", "EngineMode"] },
        "then": { "properties": { "PerformanceInsightsEnabled": false, "PerformanceInsightsKmsKeyId": false, "PerformanceInsightsRetentionPeriod": false } }
    }"#
    because "Aurora Serverless v1 has no Performance Insights" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html"
        "Performance Insights are without effect for Aurora Serverless v1."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, EngineMode: serverless, MasterUsername: me, ManageMasterUserPassword: true, PerformanceInsightsEnabled: true } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, EngineMode: serverless, MasterUsername: me, ManageMasterUserPassword: true } } }"];
}
