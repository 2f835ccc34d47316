//! A Lambda function with its role and its log.

use super::code::{Code, Kind};
use super::runtime::Runtime;
use crate::aws::iam;
use crate::aws::lambda;
use crate::aws::lambda::function::{Environment, LoggingConfig, VpcConfig};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::iam::service_role;
use crate::constructs::logs::{self, LogGroup};
use crate::diagnostic::{Code as DiagnosticCode, Diagnostic};
use crate::iam::Statement;
use crate::stack::{
    AnyHandle, Arn, Bag, Caller, Construct, Deletion, Dictionary, Grantee, Handle, IntoValue, Link, Lowering,
    Permission, PlainText, Principal, Seconds, Value,
};

/// Inline code for a runtime that takes none.
const INLINE: DiagnosticCode = DiagnosticCode::new("S1101", "inline-code-for-this-runtime");

/// What a function in a VPC needs in order to live there: Lambda makes and removes its network interfaces as the
/// function's role. These are the EC2 actions of the managed policy `AWSLambdaVPCAccessExecutionRole`, version 3; those
/// that describe know no resource.
///
/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html>
const NETWORK_INTERFACES: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/// How long its log is kept unless said otherwise, in days.
const LOG_DAYS: i64 = 90;

/// How long it may run unless said otherwise. Lambda's own default of three seconds is shorter than most waits for a
/// database connection.
const TIMEOUT: Seconds = Seconds(30);

/// A Lambda function. With it come its role (which may write its log and, in a VPC, keep its network interfaces) and
/// its log group.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Function {
    function: lambda::Function,
    code: Kind,
    runtime: Option<Runtime>,
    variables: Dictionary<String>,
    log_days: Value<i64>,
    group: Option<Handle<SecurityGroup>>,
}

impl Function {
    /// A function of `code` for `runtime`; its entry point is `index.handler`, see [`handler`](Self::handler).
    #[track_caller]
    pub fn new(runtime: Runtime, code: Code) -> Self {
        let mut function = Self::of(code, Some(runtime));
        function.function = function.function.runtime(runtime.id()).handler("index.handler");
        function
    }

    /// A function from a container image in a repository of the stack's region.
    #[track_caller]
    pub fn from_image(uri: impl IntoValue<String>) -> Self {
        let mut function = Self::of(Code::image(uri.into_value()), None);
        function.function = function.function.package_type("Image");
        function
    }

    #[track_caller]
    fn of(code: Code, runtime: Option<Runtime>) -> Self {
        Self {
            function: lambda::Function::new(code.code, Value::Absent).timeout(TIMEOUT),
            code: code.kind,
            runtime,
            variables: Dictionary::new(),
            log_days: LOG_DAYS.into_value(),
            group: None,
        }
    }

    /// Puts it into a VPC: a network interface in each of the subnets, behind `group`.
    #[track_caller]
    pub fn in_vpc(mut self, subnets: Handle<PrivateSubnets>, group: Handle<SecurityGroup>) -> Self {
        let config = VpcConfig::new().security_group_ids(group.only()).subnet_ids(subnets.ids());
        self.function = self.function.vpc_config(config);
        self.group = Some(group);
        self
    }

    /// An environment variable. Anyone who may describe the function reads it.
    #[track_caller]
    pub fn env(mut self, name: impl Into<String>, value: impl PlainText) -> Self {
        self.variables.set(&name.into(), value.plain());
        self
    }

    /// How long it may run: 1 to 900 seconds; 30 unless said.
    #[track_caller]
    pub fn timeout(mut self, time: impl IntoValue<Seconds>) -> Self {
        self.function = self.function.timeout(time);
        self
    }

    /// Its memory in mebibytes, 128 to 10,240; 128 unless said. Its share of a processor grows with it.
    #[track_caller]
    pub fn memory(mut self, mebibytes: impl IntoValue<i64>) -> Self {
        self.function = self.function.memory_size(mebibytes);
        self
    }

    /// Its entry point: module and function, such as `app.handler`.
    #[track_caller]
    pub fn handler(mut self, name: impl IntoValue<String>) -> Self {
        self.function = self.function.handler(name);
        self
    }

    /// What it is for.
    #[track_caller]
    pub fn description(mut self, text: impl IntoValue<String>) -> Self {
        self.function = self.function.description(text);
        self
    }

    /// How many of it may run at once, at most.
    #[track_caller]
    pub fn reserved_concurrency(mut self, executions: impl IntoValue<i64>) -> Self {
        self.function = self.function.reserved_concurrent_executions(executions);
        self
    }

    /// How long its log is kept, in days; 90 unless said.
    pub fn log_days(mut self, days: impl IntoValue<i64>) -> Self {
        self.log_days = days.into_value();
        self
    }

    fn check_code(&self, lowering: &mut Lowering<'_>) {
        if let (Kind::Inline, Some(runtime)) = (self.code, self.runtime)
            && !runtime.takes_inline_code()
        {
            let message = format!("code for `{}` cannot stand in the template", runtime.id());
            lowering.report(
                Diagnostic::error(INLINE, message)
                    .note("https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html")
                    .help("put a zip file into a bucket: `Code::s3(bucket, key)`"),
            );
        }
    }

    fn environment(&self) -> Value<Environment> {
        let variables = Value::Literal(self.variables.clone()).unless_empty();
        Environment::new().variables(variables).into_value().unless_empty()
    }

    /// What its role may do by itself; grants come beside it.
    fn role(&self, log: Value<Arn>) -> iam::Role {
        let write = Statement::<Link>::allow(logs::WRITE, [log.into_term_or_no_value()]);
        let mut policies = vec![("logs", vec![write])];
        if self.group.is_some() {
            policies.push(("network", vec![Statement::allow(NETWORK_INTERFACES, ["*".into()])]));
        }
        service_role("lambda.amazonaws.com", policies)
    }
}

impl Construct for Function {
    fn bag(&mut self) -> &mut Bag {
        self.function.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        self.check_code(lowering);
        let rest = lambda::Function::new(Value::Absent, lowering.own("Role", "Arn"))
            .environment(self.environment())
            .logging_config(LoggingConfig::new().log_group(lowering.own::<String>("Logs", "Ref")));
        lowering.complete(rest);
        lowering.add("Role", self.role(lowering.own("Logs", "Arn")));
        lowering.add("Logs", LogGroup::new(self.log_days.clone()).on_deletion(Deletion::Retain));
    }
}

impl Caller for Function {
    fn security_groups(&self, _: AnyHandle) -> Vec<AnyHandle> {
        self.group.iter().map(|group| group.any()).collect()
    }
}

impl Principal for Function {}

impl Grantee for Function {}

impl Handle<Function> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }

    /// Its name.
    pub fn name(self) -> Value<String> {
        self.attribute("Ref")
    }

    /// Invoking it.
    pub fn invoke(self) -> Permission {
        Permission::new(["lambda:InvokeFunction"], self.arn())
    }
}
