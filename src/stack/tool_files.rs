//! The files that tools take a stack from, beside its template.

use std::collections::BTreeSet;

use super::stack::Stack;

macro_rules! tool_files { ($($(#[$doc:meta])* $name:ident $word:literal,)*) => {
    /// Files for a tool, which `synth` writes beside the template where they have something to say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ToolFiles { $($(#[$doc])* $name,)* }

    impl ToolFiles {
        /// All of them.
        pub const ALL: &[Self] = &[$(Self::$name,)*];

        /// The word for it in settings.
        pub fn word(self) -> &'static str {
            match self { $(Self::$name => $word,)* }
        }

        /// The files that settings have this word for.
        pub fn of_word(word: &str) -> Option<Self> {
            Self::ALL.iter().copied().find(|files| files.word() == word)
        }
    }
} }

tool_files! {
    /// Parameters and tags for `aws cloudformation deploy`.
    Deploy "deploy",
    /// Parameters and tags as the API has them: for change sets, `create-stack` and StackSets.
    Api "api",
    /// The template configuration of CodePipeline.
    Pipeline "pipeline",
    /// The deployment file of Git sync.
    GitSync "git-sync",
    /// The stack policy, which keeps updates from replacing and deleting what holds data. The template configuration of
    /// CodePipeline has it too.
    StackPolicy "stack-policy",
}

impl Stack {
    /// Which files `synth` writes beside the template; all that have something to say, unless this says otherwise.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.tool_files([ToolFiles::Deploy, ToolFiles::StackPolicy]);
    /// ```
    pub fn tool_files(&mut self, files: impl IntoIterator<Item = ToolFiles>) {
        self.tool_files = files.into_iter().collect();
    }

    /// The files that are asked for.
    pub fn asked_tool_files(&self) -> &BTreeSet<ToolFiles> {
        &self.tool_files
    }
}
