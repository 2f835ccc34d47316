//! A Lambda function with its role and its log.

use super::choices::Architecture;
use super::code::{Code, Kind};
use super::dead_letter::DeadLetter;
use super::given_role::{ExecutionRole, FunctionWithRole};
use super::runtime::Runtime;
use crate::aws::lambda::function::{EphemeralStorage, ImageConfig, LoggingConfig, TracingConfig, VpcConfig};
use crate::aws::{lambda, logs};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::kms::Key;
use crate::stack::{
    Arn, Construct, Dictionary, Grantee, Handle, IntoValue, List, Permission, PlainText, Principal, Seconds, Value,
};

/// How long it may run unless said otherwise. Lambda's own default of three seconds is shorter than most waits for a
/// database connection.
const TIMEOUT: Seconds = Seconds(30);

/// A Lambda function. With it come its role, which may do what the function's settings ask for (write its log, keep its
/// network interfaces in a VPC, send traces, write to its dead-letter queue), and its log group.
///
/// A function's name is left to CloudFormation: one with a name of its own could not be replaced. SnapStart is left out,
/// since it brings back connections and IAM tokens that have long expired; whoever minds them says
/// `override_property("/SnapStart", …)`.
///
/// ```
/// use formwork::prelude::*;
///
/// # let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Jobs", &environment);
/// let code = Code::inline("def handler(event, context): return 'done'");
/// let worker = stack.add("Worker", Function::new(Runtime::Python313, code).memory(512).timeout(minutes(2)));
/// stack.output("WorkerName", worker.name());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Function {
    pub(super) function: lambda::Function,
    pub(super) code: Kind,
    pub(super) runtime: Option<Runtime>,
    pub(super) variables: Dictionary<String>,
    pub(super) environment_key: Option<Handle<Key>>,
    pub(super) image: ImageConfig,
    pub(super) logging: LoggingConfig,
    pub(super) log_format: Value<String>,
    pub(super) log_by_level: bool,
    pub(super) log: logs::LogGroup,
    pub(super) group: Option<Handle<SecurityGroup>>,
    pub(super) dead_letter: Option<DeadLetter>,
    pub(super) tracing: Value<String>,
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
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let image = "111122223333.dkr.ecr.ap-southeast-2.amazonaws.com/billing:7f3c1d";
    /// Function::from_image(image).command(["app.handler"]).architecture(Architecture::Arm64);
    /// ```
    #[track_caller]
    pub fn from_image(uri: impl IntoValue<String>) -> Self {
        let mut function = Self::of(Code::image(uri.into_value()), None);
        function.function = function.function.package_type("Image");
        function
    }

    #[track_caller]
    fn of(code: Code, runtime: Option<Runtime>) -> Self {
        let mut function = lambda::Function::new(Value::Absent, Value::Absent).timeout(TIMEOUT);
        match &code.kind {
            Kind::Local(path) => function.bag().set("Code", IntoValue::<String>::into_value(path)),
            _ => function.bag().set("Code", code.code.into_value()),
        }
        Self {
            function,
            code: code.kind,
            runtime,
            variables: Dictionary::new(),
            environment_key: None,
            image: ImageConfig::new(),
            logging: LoggingConfig::new(),
            log_format: Value::Absent,
            log_by_level: false,
            log: logs::LogGroup::new(),
            group: None,
            dead_letter: None,
            tracing: Value::Absent,
        }
    }

    /// Lets it run as a role that is not its own. This comes last: the result is another noun, to which nothing can be
    /// granted, since the permissions are the role's. What the function itself needs is
    /// [`needs`](Handle::<FunctionWithRole>::needs).
    #[track_caller]
    pub fn role(self, role: impl ExecutionRole) -> FunctionWithRole {
        FunctionWithRole::new(self, role)
    }

    /// Puts it into a VPC: a network interface in each of the subnets, behind `group`. Its role may then keep network
    /// interfaces, as Lambda does in its name; its own code is denied that, but for what the stack grants it by name.
    #[track_caller]
    pub fn in_vpc(mut self, subnets: Handle<PrivateSubnets>, group: Handle<SecurityGroup>) -> Self {
        let config = VpcConfig::new().security_group_ids(group.only()).subnet_ids(subnets.ids());
        self.function = self.function.vpc_config(config);
        self.group = Some(group);
        self
    }

    /// An environment variable. Anyone who may describe the function reads it. Some names are Lambda's own, such as
    /// `AWS_REGION`.
    #[track_caller]
    pub fn env(mut self, name: impl Into<String>, value: impl PlainText) -> Self {
        self.variables.set(&name.into(), value.plain());
        self
    }

    /// Encrypts its environment variables with a key of one's own instead of `aws/lambda`. The function's role may
    /// decrypt with it. Whoever deploys needs `kms:CreateGrant`, `kms:Encrypt` and `kms:Decrypt` on the key, and only
    /// who may decrypt with it sees the variables.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>
    #[track_caller]
    pub fn environment_key(mut self, key: Handle<Key>) -> Self {
        self.function = self.function.kms_key_arn(key.arn());
        self.environment_key = Some(key);
        self
    }

    /// How long it may run: 1 to 900 seconds; 30 unless said. A client of a proxy that gives up before the proxy does
    /// (after its `connection_borrow_timeout`) never learns why it got no connection.
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

    /// The size of `/tmp` in mebibytes, 512 to 10,240; 512 unless said.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html>
    #[track_caller]
    pub fn ephemeral_storage(mut self, mebibytes: impl IntoValue<i64>) -> Self {
        let size = mebibytes.into_value();
        if size != Value::Absent {
            self.function = self.function.ephemeral_storage(EphemeralStorage::new(size));
        }
        self
    }

    /// The processor that it runs on: an [`Architecture`].
    ///
    /// Unless said it is `arm64`, which costs less, where the code stands in the template and there are no layers, so
    /// that nothing in it was compiled; else `x86_64`, AWS's own default, since what was compiled for the one does not
    /// run on the other. The template always says which.
    #[track_caller]
    pub fn architecture(mut self, architecture: impl IntoValue<String>) -> Self {
        let architecture: Value<String> = architecture.into_value();
        if architecture != Value::Absent {
            self.function = self.function.architectures([architecture]);
        }
        self
    }

    /// The versions of layers that lie under its code, at most five, by their ARNs. Not for images.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html>
    #[track_caller]
    pub fn layers(mut self, versions: impl IntoValue<List<String>>) -> Self {
        self.function = self.function.layers(versions);
        self
    }

    /// Its entry point: module and function, such as `app.handler`. Not for images.
    #[track_caller]
    pub fn handler(mut self, name: impl IntoValue<String>) -> Self {
        self.function = self.function.handler(name);
        self
    }

    /// The program that an image starts, in place of its own `ENTRYPOINT`.
    #[track_caller]
    pub fn entry_point(mut self, words: impl IntoValue<List<String>>) -> Self {
        self.image = self.image.entry_point(words);
        self
    }

    /// The arguments of an image's program, in place of its own `CMD`: for AWS's base images, the entry point.
    #[track_caller]
    pub fn command(mut self, words: impl IntoValue<List<String>>) -> Self {
        self.image = self.image.command(words);
        self
    }

    /// The folder in which an image's program starts, in place of its own `WORKDIR`.
    #[track_caller]
    pub fn working_directory(mut self, path: impl IntoValue<String>) -> Self {
        self.image = self.image.working_directory(path);
        self
    }

    /// What it is for, in at most 256 characters.
    #[track_caller]
    pub fn description(mut self, text: impl IntoValue<String>) -> Self {
        self.function = self.function.description(text);
        self
    }

    /// How many of it may run at once: at most so many, and so many always may. It is taken out of the account's own
    /// limit, and it bounds the connections that the function opens.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    #[track_caller]
    pub fn reserved_concurrency(mut self, executions: impl IntoValue<i64>) -> Self {
        self.function = self.function.reserved_concurrent_executions(executions);
        self
    }

    /// Where events go that it failed to handle. Its role may write there.
    #[track_caller]
    pub fn dead_letter(mut self, target: DeadLetter) -> Self {
        self.function = self.function.dead_letter_config(target.config());
        self.dead_letter = Some(target);
        self
    }

    /// Whether X-Ray gets traces of it: a [`Tracing`](super::Tracing). Its role may send them.
    #[track_caller]
    pub fn tracing(mut self, mode: impl IntoValue<String>) -> Self {
        self.tracing = mode.into_value();
        if self.tracing != Value::Absent {
            self.function = self.function.tracing_config(TracingConfig::new().mode(self.tracing.clone()));
        }
        self
    }

    /// How long its log is kept, in days; 90 unless said. The days are those that
    /// [`LogGroup::new`](crate::constructs::logs::LogGroup::new) takes.
    #[track_caller]
    pub fn log_days(mut self, days: impl IntoValue<i64>) -> Self {
        self.log = self.log.retention_in_days(days);
        self
    }

    /// Encrypts its log with a key of one's own, whose policy must let CloudWatch Logs use it: that of a key which the
    /// stack makes does.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>
    #[track_caller]
    pub fn log_key(mut self, key: Handle<Key>) -> Self {
        self.log = self.log.kms_key_id(key.arn());
        self
    }

    /// The form of its log: a [`LogFormat`](super::LogFormat); lines of text unless said, or unless a level is.
    #[track_caller]
    pub fn log_format(mut self, format: impl IntoValue<String>) -> Self {
        self.log_format = format.into_value();
        self.logging = self.logging.log_format(self.log_format.clone());
        self
    }

    /// How much of what its code logs is kept: a [`LogLevel`](super::LogLevel). Its log is then JSON.
    #[track_caller]
    pub fn log_level(mut self, level: impl IntoValue<String>) -> Self {
        let level: Value<String> = level.into_value();
        self.log_by_level |= level != Value::Absent;
        self.logging = self.logging.application_log_level(level);
        self
    }

    /// How much of what Lambda logs of it is kept: `Debug`, `Info` or `Warn` of [`LogLevel`](super::LogLevel). Its log
    /// is then JSON.
    #[track_caller]
    pub fn system_log_level(mut self, level: impl IntoValue<String>) -> Self {
        let level: Value<String> = level.into_value();
        self.log_by_level |= level != Value::Absent;
        self.logging = self.logging.system_log_level(level);
        self
    }

    /// The processor that it runs on unless it was said.
    pub(super) fn default_architecture(&self) -> Architecture {
        let inline = matches!(self.code, Kind::Inline | Kind::Scaffold(_));
        if inline && !self.says("Layers") { Architecture::Arm64 } else { Architecture::X86_64 }
    }

    /// Whether a property was set.
    pub(super) fn says(&self, property: &str) -> bool {
        self.function.clone().bag().terms().contains_key(property)
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

    /// The name of its log group.
    pub fn log_group(self) -> Value<String> {
        self.attribute(super::lower::LOG_GROUP)
    }

    /// Invoking it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Jobs", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
    /// # let function = || Function::new(Runtime::Python313, Code::inline("def handler(event, context): ..."));
    /// let (first, second) = (stack.add("First", function()), stack.add("Second", function()));
    /// stack.grant(first, second.invoke());
    /// ```
    pub fn invoke(self) -> Permission {
        Permission::new(["lambda:InvokeFunction"], self.arn())
    }
}
