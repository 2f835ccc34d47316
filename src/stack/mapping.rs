//! Mappings: values by two keys, of which parameters and pseudo parameters choose.

use std::marker::PhantomData;
use std::panic::Location;

use super::codes;
use super::link::Term;
use super::stack::Stack;
use super::types::{Arn, Seconds, SecurityGroupId, SubnetId, VpcId};
use super::value::{IntoValue, List, PlainText, PropertyType, Trace, Value};
use crate::diagnostic::Diagnostic;
use crate::template::{self, Function, Intrinsic, Map};

/// The most characters of a key.
const LONGEST_KEY: usize = 255;

/// A mapping of a stack: its values are of type `T`.
#[derive(Clone, Debug)]
pub struct Mapping<T> {
    name: String,
    kind: PhantomData<fn() -> T>,
}

/// A literal that a mapping can hold, and what is found there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a mapping",
    label = "no literal that a mapping holds",
    note = "text, numbers, `true` and `false`, times, ids, ARNs and arrays of text are; what is computed is not"
)]
pub trait Mapped {
    /// What it is found as.
    type Found: PropertyType;

    /// As the mapping has it.
    fn mapped(self) -> Value<Self::Found>;
}

macro_rules! mapped { ($($from:ty => $to:ty;)*) => { $(
    impl Mapped for $from {
        type Found = $to;

        fn mapped(self) -> Value<$to> {
            self.into_value()
        }
    }
)* } }

mapped! {
    &str => String;
    String => String;
    i64 => i64;
    bool => bool;
    Seconds => Seconds;
    Arn => Arn;
    VpcId => VpcId;
    SubnetId => SubnetId;
    SecurityGroupId => SecurityGroupId;
}

impl<const N: usize> Mapped for [&str; N] {
    type Found = List<String>;

    fn mapped(self) -> Value<List<String>> {
        self.into_value()
    }
}

impl Stack {
    /// Declares values by two keys, one row for each first key. Keys have letters, digits, hyphens and dots, so that
    /// regions and account numbers serve.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let stage = stack.parameter("Stage", Parameter::one_of(["uat", "prod"]));
    /// let sizes = stack.mapping("Sizes", [("uat", [("Memory", 256)]), ("prod", [("Memory", 1024)])]);
    /// let code = Code::inline("def handler(event, context): ...");
    /// stack.add("Handler", Function::new(Runtime::Python313, code).memory(sizes.find(stage, "Memory")));
    /// ```
    #[track_caller]
    pub fn mapping<K, L, V, Row>(
        &mut self,
        name: impl Into<String>,
        rows: impl IntoIterator<Item = (K, Row)>,
    ) -> Mapping<V::Found>
    where
        K: Into<String>,
        L: Into<String>,
        V: Mapped,
        Row: IntoIterator<Item = (L, V)>,
    {
        let (name, location) = (self.scoped(&name.into()), Location::caller());
        self.check_name(&name, location);
        let mut mapping = Map::default();
        for (key, row) in rows {
            let row: Map = row.into_iter().map(|(key, value)| (key.into(), literal(value))).collect();
            mapping.insert(key.into(), template::Value::Map(row));
        }
        for key in mapping.iter().flat_map(|(key, row)| row.as_map().into_iter().flat_map(Map::keys).chain([key])) {
            self.check_key(key, location);
        }
        if self.mappings.insert(name.clone(), (mapping, location)).is_some() {
            self.named_twice("mappings", &name, location);
        }
        Mapping { name, kind: PhantomData }
    }

    fn check_key(&mut self, key: &str, location: &'static Location<'static>) {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if key.is_empty() || key.len() > LONGEST_KEY || !key.chars().all(fits) {
            let message = format!("`{key}` is no key of a mapping: it has 1 to 255 letters, digits, hyphens and dots");
            self.diagnostics.push(Diagnostic::error(codes::NAME, message).source(location.into()));
        }
    }
}

/// Nothing is computed in a mapping.
fn literal(value: impl Mapped) -> template::Value {
    let term = value.mapped().into_term(&mut Trace::default()).unwrap_or(Term::Null);
    term.substitute(&mut |_| unreachable!("a `Mapped` is a literal"))
}

impl<T> Mapping<T> {
    /// The value under two keys: literals, parameters or pseudo parameters such as [`Value::region`].
    pub fn find(&self, first: impl PlainText, second: impl PlainText) -> Value<T> {
        self.call(first, second, None)
    }

    /// The value under two keys, or `default` where there is none. The template then has the transform
    /// `AWS::LanguageExtensions`, without which CloudFormation knows no defaults; deploying it takes the capability
    /// `CAPABILITY_AUTO_EXPAND`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let hosts = stack.mapping("Hosts", [("eu-west-1", [("Name", "eu.example.com")])]);
    /// stack.output("Host", hosts.find_or(Value::region(), "Name", "www.example.com"));
    /// ```
    pub fn find_or(&self, first: impl PlainText, second: impl PlainText, default: impl IntoValue<T>) -> Value<T>
    where
        T: PropertyType,
    {
        let default = default.into_value().into_term_or_no_value();
        self.call(first, second, Some(Term::map([("DefaultValue", default)])))
    }

    fn call(&self, first: impl PlainText, second: impl PlainText, default: Option<Term>) -> Value<T> {
        let keys = [first.plain(), second.plain()].map(Value::into_term_or_no_value);
        let arguments = [Term::from(self.name.as_str())].into_iter().chain(keys).chain(default);
        Value::from_term(Term::call_list(Function::FindInMap, arguments))
    }
}

/// Whether a value uses what only the language extensions know.
pub(super) fn needs_extensions(value: &template::Value) -> bool {
    value.any(&|value| match value {
        template::Value::Intrinsic(Intrinsic::Call(Function::FindInMap, argument)) => {
            argument.as_list().is_some_and(|list| list.len() > 3)
        }
        _ => false,
    })
}
