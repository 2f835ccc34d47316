//! What is said of a whole stack.

use std::panic::Location;
use std::rc::Rc;

use super::construct::Suppressed;
use super::stack::Stack;
use super::types::Json;
use super::value::IntoValue;
use crate::diagnostic::Span;
use crate::goal::Suppression;
use crate::template::Resource;

impl Stack {
    /// Keeps something in the template's metadata, which CloudFormation passes by. What the console shows of the
    /// parameters is said [there](super::Parameter::label).
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.metadata("Owner", serde_json::json!({ "Team": "billing" }));
    /// ```
    #[track_caller]
    pub fn metadata(&mut self, key: impl Into<String>, value: impl IntoValue<Json>) {
        let term = value.into_value().into_term_or_no_value();
        self.metadata.insert(key.into(), (term, Location::caller()));
    }

    /// Has a macro process the template, after those that were named before: one of AWS's, such as
    /// `AWS::LanguageExtensions` or `AWS::SecretsManager-2024-09-16`, or the account's own. Deploying it takes the
    /// capability `CAPABILITY_AUTO_EXPAND`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.transform("AWS::LanguageExtensions");
    /// ```
    #[track_caller]
    pub fn transform(&mut self, name: impl Into<String>) {
        let name = name.into();
        if !self.transforms.iter().any(|(known, _)| *known == name) {
            self.transforms.push((name, Location::caller()));
        }
    }

    /// Changes the finished resources, those that belong to a construct too, one by one in the order of their logical
    /// ids, with whatever earlier aspects made of them. It cannot rename, add or remove one. Derived names and checks
    /// come after it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365));
    /// stack.aspect(|_, resource| {
    ///     if resource.kind == "AWS::Logs::LogGroup" {
    ///         resource.deletion_policy = Some("Retain".into());
    ///     }
    /// });
    /// assert_eq!(stack.lower().template.resources["Audit"].deletion_policy, Some("Retain".into()));
    /// ```
    pub fn aspect(&mut self, change: impl Fn(&str, &mut Resource) + 'static) {
        self.aspects.push(Rc::new(change));
    }

    /// Takes the findings of a code for settled in the whole stack, with the reason: they are not told, and the sidecar
    /// says so. Of one resource: [`suppress`](super::Construct::suppress) on the noun. What is wrong with the stack as
    /// it was written (`S…`) cannot be settled so; a suppression that nothing needs is itself a finding.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.suppress("P1002", "the team's tools log in as several users");
    /// ```
    #[track_caller]
    pub fn suppress(&mut self, code: impl Into<String>, reason: impl Into<String>) {
        let (code, reason) = (code.into(), reason.into());
        self.suppressed.push(Suppressed { code, reason, until: None, location: Location::caller() });
    }

    /// The same up to a day, written like `2027-01-31`, which is the last: from the next on `check` tells the findings
    /// again, and that the suppression is over. `synth` reads no clock, so it writes the same on every day.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.suppress_until("2027-01-31", "P1002", "until the team's tools have a user of their own");
    /// ```
    #[track_caller]
    pub fn suppress_until(&mut self, last_day: impl Into<String>, code: impl Into<String>, reason: impl Into<String>) {
        let (code, reason, until) = (code.into(), reason.into(), Some(last_day.into()));
        self.suppressed.push(Suppressed { code, reason, until, location: Location::caller() });
    }

    /// Takes down what settings take for settled, and where they say so.
    pub(crate) fn settle(&mut self, suppression: Suppression, place: Option<Span>) {
        self.settled.push((suppression, place));
    }
}
