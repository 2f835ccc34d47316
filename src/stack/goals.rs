//! Goals: what must hold beyond what follows from the wiring anyway.

use super::handle::{AnyHandle, Handle};
use super::permission::{Permission, Principal};
use super::traffic::{Caller, Listener};

/// What must hold in the finished template.
#[derive(Clone, Debug)]
#[must_use = "a goal is asked of nothing until the stack requires or assumes it"]
pub struct Goal(pub(super) Wanted);

/// A goal by handles.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// Traffic.
    Reaches { from: AnyHandle, to: AnyHandle },
    /// No other traffic.
    Isolated { what: AnyHandle, except: Vec<AnyHandle> },
    /// Permission.
    Can { principal: AnyHandle, permission: Permission },
}

impl Goal {
    /// An isolated listener's exception: `who` may call it. Other goals have none.
    pub fn except<T: Caller>(mut self, who: Handle<T>) -> Self {
        if let Wanted::Isolated { except, .. } = &mut self.0 {
            except.push(who.any());
        }
        self
    }
}

// The bounds stand at the methods: so rustc says our sentence where one is missing.
impl<T> Handle<T> {
    /// It is allowed the permission: by its role, and by whatever policy stands before the resource.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audit = stack.add("Audit", LogGroup::new(365));
    /// let code = Code::inline("def handler(event, context): ...");
    /// let handler = stack.add("Handler", Function::new(Runtime::Python313, code));
    /// stack.require(handler.can(audit.write()));
    /// ```
    pub fn can(self, permission: Permission) -> Goal
    where
        T: Principal,
    {
        Goal(Wanted::Can { principal: self.any(), permission })
    }

    /// It can open a connection to `to`, on the port on which that listens.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let group = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    /// let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, group));
    /// stack.require(group.reaches(database));
    /// ```
    pub fn reaches<L: Listener>(self, to: Handle<L>) -> Goal
    where
        T: Caller,
    {
        Goal(Wanted::Reaches { from: self.any(), to: to.any() })
    }

    /// Nobody can open a connection to it, but for the exceptions.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let group = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    /// let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, group));
    /// let tools = stack.import("ToolsSg", SecurityGroup::existing("sg-08c3b2d4e5f607182"));
    /// stack.require(database.isolated().except(tools));
    /// ```
    pub fn isolated(self) -> Goal
    where
        T: Listener,
    {
        Goal(Wanted::Isolated { what: self.any(), except: Vec::new() })
    }
}
