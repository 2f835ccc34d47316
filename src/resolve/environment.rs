//! Where a template is deployed and with which parameters, as far as that is known.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::registry;
use crate::template::{Resource, Template};

/// What is known of a deployment. What is not given stays open: nothing is assumed of it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    region: Option<String>,
    account: Option<String>,
    partition: Option<String>,
    stack: Option<String>,
    parameters: IndexMap<String, String>,
    day: Option<time::Date>,
    children: IndexMap<String, Arc<Template>>,
}

/// Where the template of a nested stack lies, if that is a path of this machine, which `aws cloudformation package` uploads;
/// relative paths are so to the folder of the outer template.
///
/// Source: <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>
pub fn nested_location(resource: &Resource) -> Option<&str> {
    let property = match resource.kind.as_str() {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        _ => return None,
    };
    let location = resource.properties.get(property)?.as_str()?;
    (!location.is_empty() && !location.contains("://")).then_some(location)
}

impl Environment {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The same in a region, such as `eu-west-1`. Its partition follows, where the region is a known one.
    #[must_use]
    pub fn in_region(mut self, region: impl Into<String>) -> Self {
        let region = region.into();
        self.partition = registry::region(&region).map(|region| region.partition.clone()).or(self.partition);
        self.region = Some(region);
        self
    }

    /// The same in an account, of twelve digits.
    #[must_use]
    pub fn in_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// The same in a partition: `aws`, `aws-cn`, `aws-us-gov`, ….
    #[must_use]
    pub fn in_partition(mut self, partition: impl Into<String>) -> Self {
        self.partition = Some(partition.into());
        self
    }

    /// The same with the stack's name.
    #[must_use]
    pub fn of_stack(mut self, name: impl Into<String>) -> Self {
        self.stack = Some(name.into());
        self
    }

    /// The same with a parameter's value, as text; the elements of a list have commas between them.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// The same on a day: what ends by then has ended.
    #[must_use]
    pub fn on(mut self, day: time::Date) -> Self {
        self.day = Some(day);
        self
    }

    /// The same with the template of a nested stack, by its [location](nested_location) as the outer template has it.
    #[must_use]
    pub fn with_child(mut self, location: impl Into<String>, template: Template) -> Self {
        self.children.insert(location.into(), Arc::new(template));
        self
    }

    /// The template of a nested stack.
    pub fn child(&self, location: &str) -> Option<&Template> {
        self.children.get(location).map(AsRef::as_ref)
    }

    /// The day of the deployment. Without one nothing is found that depends on it.
    pub fn day(&self) -> Option<time::Date> {
        self.day
    }

    /// The region.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The account.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The partition.
    pub fn partition(&self) -> Option<&str> {
        self.partition.as_deref()
    }

    /// The value given for a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// What host names end in: of the region, or of any region in the partition.
    fn url_suffix(&self) -> Option<&'static str> {
        let known = self.region.as_deref().and_then(registry::region);
        let same = |region: &&registry::Region| Some(region.partition.as_str()) == self.partition.as_deref();
        let known = known.or_else(|| self.partition.as_ref().and_then(|_| registry::regions().iter().find(same)));
        known.map(|region| region.url_suffix.as_str())
    }

    /// The value of a pseudo parameter, where it is known.
    pub fn pseudo(&self, name: &str) -> Option<&str> {
        match name {
            "AWS::Region" => self.region(),
            "AWS::AccountId" => self.account(),
            "AWS::Partition" => self.partition(),
            "AWS::StackName" => self.stack.as_deref(),
            "AWS::URLSuffix" => self.url_suffix(),
            _ => None,
        }
    }
}
