//! What a proof of permissions has to have: of which requests it is, and what its steps have to name.

use std::fmt;

use super::condition::Around;
use crate::prove::answer::{Asked, Claim, Step};

/// What a goal comes to.
pub struct Needed<'p> {
    /// The role that asks, or that is trusted; none if it is not of the template.
    pub role: Option<String>,
    /// The requests.
    pub requests: Vec<Request>,
    /// The hops that there have to be, whatever they answer.
    pub hops: Vec<&'static str>,
    /// The keys that requests are done on.
    pub keys: Vec<String>,
    /// The policies of the secret.
    pub policies: Vec<String>,
    /// What else is known of the requests.
    pub around: Around<'p>,
    /// The pieces of evidence that steps have to have: at which hop, for which requests, what.
    pub named: Vec<(&'static str, &'static str, Named)>,
}

/// A request that has to be allowed.
pub struct Request {
    /// By whom.
    pub who: String,
    /// For what.
    pub action: String,
    /// On which of these, in any of the ways they read.
    pub on: Vec<On>,
}

/// What a request is done on.
pub enum On {
    /// This.
    Text(String),
    /// A text that starts so, and has more.
    Start(String),
}

/// Something that a step has to name.
pub struct Named {
    resource: String,
    below: Vec<&'static str>,
    what: What,
}

/// What a step has to say of a property.
pub enum What {
    /// One of these resources, or parameters, or texts.
    One(Vec<String>),
    /// That there is no such property.
    Without,
    /// A user.
    User,
    /// That it is true.
    True,
    /// A value.
    Value,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what `{}` of `{}` is", self.below.join("` or `"), self.resource)
    }
}

impl Named {
    /// Of a resource, below some of its properties.
    pub fn new(resource: &str, below: &[&'static str], what: What) -> Self {
        Self { resource: resource.to_owned(), below: below.to_vec(), what }
    }

    /// Whether a step names it.
    pub fn is_in(&self, step: &Step) -> bool {
        step.evidence.iter().any(|evidence| {
            let is_there = self.below.iter().any(|property| {
                let path = format!("/Resources/{}/Properties/{property}", self.resource);
                let rest = evidence.path.strip_prefix(&path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    || evidence.path.starts_with("/Globals/")
            });
            evidence.resource == self.resource
                && match (&self.what, &evidence.claim) {
                    (What::One(all), Claim::Names { what }) => is_there && all.contains(what),
                    (What::Without, Claim::Without { property }) => self.below.contains(&property.as_str()),
                    (What::User, Claim::User { .. }) => is_there,
                    (What::True, Claim::Equals { value }) => is_there && value == "true",
                    (What::Value, Claim::Equals { .. }) => is_there,
                    _ => false,
                }
        })
    }
}

impl Request {
    /// Whether a request is this one.
    pub fn is(&self, asked: &Asked) -> bool {
        let is_on = |on: &On| match on {
            On::Text(text) => *text == asked.on,
            On::Start(start) => asked.on.len() > start.len() && asked.on.starts_with(start),
        };
        self.who == asked.who && self.action == asked.action && self.on.iter().any(is_on)
    }

    /// On what, in words.
    pub fn told(&self) -> String {
        let each = self.on.iter().map(|on| match on {
            On::Text(text) => format!("`{text}`"),
            On::Start(start) => format!("`{start}…`"),
        });
        each.collect::<Vec<_>>().join(" or ")
    }
}

impl Needed<'_> {
    /// Whether a request is one of those.
    pub fn has(&self, asked: &Asked) -> bool {
        self.requests.iter().any(|one| one.is(asked))
    }

    /// What a step of a hop has to name.
    pub fn names(&self, hop: &str, asked: Option<&Asked>) -> Vec<&Named> {
        let is_about = |start: &str| start.is_empty() || asked.is_some_and(|asked| asked.action.starts_with(start));
        let mine = self.named.iter().filter(|(of, start, _)| *of == hop && is_about(start));
        mine.map(|(.., named)| named).collect()
    }

    /// Asks for something more.
    pub fn ask(&mut self, who: &str, action: &str, on: Vec<On>) {
        self.requests.push(Request { who: who.to_owned(), action: action.to_owned(), on });
    }
}
