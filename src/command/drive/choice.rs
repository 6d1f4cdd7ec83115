//! Which api of which target is driven: the one that was given, or the built-in reference as a child process.

use std::sync::Arc;

use super::Refused;
use super::built_in::{BuiltIn, BuiltInLimiter};
use crate::api::Api;
use crate::command::embedded;
use crate::scenario::Suite;
use crate::settings::args::TargetArgs;
use crate::settings::environment::Environment;
use crate::settings::target_file::TargetFileError;
use crate::settings::targets::{ApiTarget, TargetError, Targets, base_url, targets};
use crate::target::Declared;

/// The api with this name.
///
/// # Errors
/// There is none, or no name was given.
pub(in crate::command) fn named_api(name: Option<&str>, suite: &Suite) -> Result<Arc<Api>, String> {
    let known = || suite.apis.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let name = name.ok_or_else(|| format!("give `--api`, one of {}", known()))?;
    suite.apis.get(name).cloned().ok_or_else(|| format!("unknown api `{name}`: known are {}", known()))
}

/// A target that was chosen; nothing is started or looked up yet.
pub(in crate::command) struct Choice {
    api: Arc<Api>,
    /// `None` for the built-in reference.
    given: Option<ApiTarget>,
}

impl Choice {
    /// The target that the arguments, the environment and the target file name for one api.
    ///
    /// # Errors
    /// Whatever would drive something other than was meant.
    pub(in crate::command) fn of(
        args: &TargetArgs,
        environment: &Environment,
        suite: &Suite,
        api: &Arc<Api>,
    ) -> Result<Self, Refused> {
        let given = match targets(args, environment, &suite.apis, &[]) {
            Ok(Targets::Given(targets)) => targets.into_iter().next(),
            Ok(Targets::BuiltIn(_)) => None,
            Err(TargetError::File(TargetFileError::Mistakes(mistakes))) => return Err(Refused::Mistakes(mistakes)),
            Err(error) => return Err(Refused::Usage(error.to_string())),
        };
        Ok(Self { api: Arc::clone(api), given })
    }

    /// The rate that the target declares, or else the documented one; `None` where the api documents none.
    pub(in crate::command) fn rate(&self) -> Option<u32> {
        match &self.given {
            Some(target) => target.declared.rate(&self.api),
            None => Declared::default().rate(&self.api),
        }
    }

    /// The target itself; the built-in reference is started with this limiter.
    ///
    /// # Errors
    /// The built-in reference does not start.
    pub(in crate::command) fn start(self, limiter: BuiltInLimiter) -> Result<Started, Refused> {
        if let Some(target) = self.given {
            return Ok(Started { target, built_in: None });
        }
        let built_in = BuiltIn::start(limiter)?;
        let base = base_url(&built_in.url)?;
        Ok(Started { target: embedded::target(self.api, &base), built_in: Some(built_in) })
    }
}

/// A target that is there, as far as it is ours to start.
pub(in crate::command) struct Started {
    /// Where it is, and how to be let in.
    pub(in crate::command) target: ApiTarget,
    pub(super) built_in: Option<BuiltIn>,
}
