//! What a stack file uses: `use formwork::prelude::*;`.

pub use crate::constructs::ec2::{
    AclRule, FlowLog, GatewayEndpoint, GatewayService, InterfaceEndpoint, Nat, NetworkAcl, PrefixList, PrivateSubnets,
    PublicSubnets, SecurityGroup, Service, Traffic, Vpc,
};
pub use crate::constructs::iam::{Role, UnownedRole};
pub use crate::constructs::kms::Key;
pub use crate::constructs::lambda::{
    Architecture, Code, DeadLetter, Function, FunctionWithRole, InvokePermission, LogFormat, LogLevel, Runtime, Tracing,
};
pub use crate::constructs::logs::LogGroup;
pub use crate::constructs::rds::{
    AuroraEngine, ClientPassword, DatabaseCluster, DatabaseInstance, DatabaseProxy, DbUser, Edition, Engine,
    EngineFamily, MasterUser, NamesUser, PinningFilter, ProxyAuth, ProxyEndpoint, ProxyTarget, user,
};
pub use crate::constructs::secretsmanager::{
    Credentials, EncryptedBy, FunctionRotation, HoldsCredentials, Rotation, Secret, SecretAccess,
};
pub use crate::stack::{
    App, Arn, Bag, Caller, Condition, Construct, Deletion, Environment, Existing, Fields, Formula, Goal, Grantee,
    Handle, IntoValue, Json, List, Listener, Mapping, Parameter, Permission, PlainText, Principal, Region, Resource,
    Seconds, SecurityGroupId, Sensitive, Stack, SubnetId, ToolFiles, Value, VpcId, cidr, ephemeral, hours, minutes,
    seconds, tcp, tcp_range, udp,
};
pub use crate::text;
