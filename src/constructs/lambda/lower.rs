//! How a function comes down to its resources, and what can be wrong with it.

use super::code::{Kind, path_fault};
use super::function::Function;
use crate::aws::lambda;
use crate::aws::lambda::function::{Environment, LoggingConfig};
use crate::aws::logs::LogGroup;
use crate::constructs::iam::service_role;
use crate::constructs::logs;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::Statement;
use crate::stack::{AnyHandle, Arn, Bag, Caller, Construct, Deletion, IntoValue, Link, Lowering, Term, Value};
use crate::template::{self, Reference};

/// Inline code for a runtime that takes none.
const INLINE: Code = Code::new("S1101", "inline-code-for-this-runtime");
/// What images have and zip files do not, or the other way round.
const PACKAGE: Code = Code::new("S1102", "setting-of-other-package-type");
/// Levels of a log that has none.
const LEVEL: Code = Code::new("S1103", "log-level-of-text");
/// A path to code that `aws cloudformation package` cannot follow everywhere.
const PATH: Code = Code::new("S1104", "path-out-of-repository");
/// A handler in another language than the runtime's.
const LANGUAGE: Code = Code::new("S1105", "scaffold-of-other-language");

const CODE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html";

/// How long its log is kept unless said otherwise, in days.
const LOG_DAYS: i64 = 90;

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

/// What tells the function's own code from the Lambda service, which both come as the function's role: requests of the
/// code carry the ARN of the function, those by which Lambda keeps network interfaces do not. That it is there at all
/// is condition enough; to name the function would be a cycle, since the function refers to its role.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>
const CODE_ITSELF: &str = "lambda:SourceFunctionArn";

/// What sending traces needs; the actions know no resource.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>
const TRACES: [&str; 2] = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];

/// Attributes of a function that are its log group's: the name, the ARN.
pub(super) const LOG_GROUP: &str = "LogGroup";
pub(super) const LOG_ARN: &str = "LogArn";

/// The inline policies of a role, by name.
pub(super) type Policies = Vec<(&'static str, Vec<Statement<Link>>)>;

impl Function {
    /// What it needs its role to allow by itself; grants come beside it. `granted` are the actions of those.
    pub(super) fn policies(&self, log: Term, granted: &[String]) -> Policies {
        let mut policies = vec![("logs", vec![Statement::allow(logs::WRITE, [log])])];
        if self.group.is_some() {
            let kept = Statement::allow(NETWORK_INTERFACES, ["*".into()]);
            policies.push(("network", [kept].into_iter().chain(not_from_code(granted)).collect()));
        }
        let mut add = |name, statement| policies.push((name, vec![statement]));
        if let Some(target) = &self.dead_letter {
            add("dead-letter", target.write());
        }
        if self.sends_traces() {
            add("tracing", Statement::allow(TRACES, ["*".into()]));
        }
        if let Some(key) = self.environment_key {
            add("environment", Statement::allow(["kms:Decrypt"], [key.any().term("Arn")]));
        }
        policies
    }

    /// Whether it may come to send traces.
    fn sends_traces(&self) -> bool {
        match &self.tracing {
            Value::Literal(mode) => mode == "Active",
            Value::Intrinsic(_) => true,
            Value::Absent => false,
        }
    }

    /// Adds it with `role`, and its log group.
    pub(super) fn lower_with(&self, lowering: &mut Lowering<'_>, role: Value<Arn>) {
        self.check(lowering);
        let mut rest = lambda::Function::new(Value::Absent, role)
            .architectures([self.default_architecture()])
            .environment(self.environment())
            .image_config(self.image.clone().into_value().unless_empty())
            .logging_config(self.logging_config(lowering));
        // Whoever invokes it as soon as it is there finds the ways open.
        let groups: Vec<AnyHandle> = self.group.iter().map(|group| group.any()).collect();
        lowering.rules_from(&groups).into_iter().for_each(|rule| rest.bag().after(rule));
        lowering.complete(rest);
        lowering.add("Logs", self.log_group().on_deletion(Deletion::Retain));
    }

    fn log_group(&self) -> LogGroup {
        let mut log = self.log.clone();
        let kept = log.bag().terms().contains_key("RetentionInDays");
        if kept { log } else { log.retention_in_days(LOG_DAYS) }
    }

    fn environment(&self) -> Value<Environment> {
        let variables = Value::Literal(self.variables.clone()).unless_empty();
        Environment::new().variables(variables).into_value().unless_empty()
    }

    fn logging_config(&self, lowering: &Lowering<'_>) -> LoggingConfig {
        let config = self.logging.clone().log_group(lowering.own::<String>("Logs", "Ref"));
        let implied = self.log_by_level && self.log_format == Value::Absent;
        if implied { config.log_format(super::LogFormat::Json) } else { config }
    }

    fn check(&self, lowering: &mut Lowering<'_>) {
        let found = [self.code_fault(), self.language_fault(), self.path_fault(), self.level_fault()];
        found.into_iter().flatten().chain(self.package_faults()).for_each(|fault| lowering.report(fault));
    }

    fn code_fault(&self) -> Option<Diagnostic> {
        let runtime = self.runtime.filter(|runtime| !runtime.takes_inline_code())?;
        let inline = matches!(self.code, Kind::Inline | Kind::Scaffold(_));
        let message = format!("code for `{}` cannot stand in the template", runtime.id());
        let fault = Diagnostic::error(INLINE, message).note(CODE);
        inline.then(|| {
            fault.help("name a folder of the repository, `Code::local(path)`, or a zip file in a bucket, `Code::s3(bucket, key)`")
        })
    }

    fn language_fault(&self) -> Option<Diagnostic> {
        let (Kind::Scaffold(made_for), Some(runtime)) = (&self.code, self.runtime) else { return None };
        let message = format!("the handler was written for `{}`, and `{}` cannot run it", made_for.id(), runtime.id());
        let differs = made_for.language() != runtime.language();
        differs
            .then(|| Diagnostic::error(LANGUAGE, message).help("name the same runtime for the code and the function"))
    }

    fn path_fault(&self) -> Option<Diagnostic> {
        let Kind::Local(path) = &self.code else { return None };
        let fault = path_fault(path)?;
        let help = "write a path from the repository's root, such as `handlers/billing`";
        Some(Diagnostic::error(PATH, format!("the path to the code, `{path}`, {fault}")).help(help))
    }

    fn level_fault(&self) -> Option<Diagnostic> {
        let text = matches!(&self.log_format, Value::Literal(format) if format == super::LogFormat::Text.word());
        let help = "leave the format out, or choose `LogFormat::Json`";
        (text && self.log_by_level).then(|| {
            Diagnostic::error(LEVEL, "a log of text has no levels, so none can be chosen")
                .note("https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html")
                .help(help)
        })
    }

    fn package_faults(&self) -> Vec<Diagnostic> {
        let fault = |property: &str, has: &str| {
            let message = format!("`{property}` is set, which {has} does not have");
            Diagnostic::error(PACKAGE, message).note(CODE)
        };
        let is_image = self.code == Kind::Image;
        let of_zip = ["Handler", "Layers"].into_iter().filter(|property| is_image && self.says(property));
        let image = self.image.clone().into_value().unless_empty() != Value::Absent;
        let of_image = (image && !is_image).then(|| fault("ImageConfig", "a zip file"));
        of_zip.map(|property| fault(property, "an image")).chain(of_image).collect()
    }
}

/// Keeps the code off the network interfaces that its role keeps for Lambda. What was granted by name is for the code:
/// a denial would win over it.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
fn not_from_code(granted: &[String]) -> Option<Statement<Link>> {
    let is_granted = |action: &str| granted.iter().any(|granted| covers(granted, action));
    let denied: Vec<_> = NETWORK_INTERFACES.into_iter().filter(|action| !is_granted(action)).collect();
    let statement = Statement::deny(denied.iter().copied(), ["*".into()]).when("Null", CODE_ITSELF, "false".into());
    (!denied.is_empty()).then_some(statement)
}

/// Whether the action of a statement, perhaps one with a wildcard at its end, is or covers `action`.
fn covers(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(action),
    }
}

/// What an attribute of a function is, where its logical id is `own`: it also has those of its log group.
pub(super) fn attribute(own: &str, name: &str) -> template::Value {
    template::Value::reference(match name {
        LOG_GROUP => Reference::Ref(format!("{own}Logs")),
        LOG_ARN => Reference::GetAtt(format!("{own}Logs"), "Arn".to_owned()),
        "Ref" => Reference::Ref(own.to_owned()),
        other => Reference::GetAtt(own.to_owned(), other.to_owned()),
    })
}

impl Construct for Function {
    fn bag(&mut self) -> &mut Bag {
        self.function.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        self.lower_with(lowering, lowering.own("Role", "Arn"));
        let log = lowering.own::<Arn>("Logs", "Arn").into_term_or_no_value();
        lowering.add("Role", service_role("lambda.amazonaws.com", self.policies(log, &lowering.granted_actions())));
    }

    fn attribute(&self, own: &str, name: &str) -> template::Value {
        attribute(own, name)
    }
}

impl Caller for Function {
    fn security_groups(&self, _: AnyHandle) -> Vec<AnyHandle> {
        self.group.iter().map(|group| group.any()).collect()
    }
}
