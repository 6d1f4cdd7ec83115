//! The built binary as a command that sees nothing of the machine's own settings.

use std::process::Command;

use proofhouse::reference::Credentials;

/// The binary, without any variable that it reads.
pub(crate) fn proofhouse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofhouse"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROOFHOUSE_")) {
        command.env_remove(name);
    }
    command.env_remove("GITHUB_STEP_SUMMARY").env("NO_COLOR", "1");
    command
}

/// Gives the command what the reference lets in.
pub(crate) fn with_credentials(command: &mut Command) -> &mut Command {
    let known = Credentials::reference();
    command
        .env("PROOFHOUSE_APP_KEY", &known.app_key)
        .env("PROOFHOUSE_APP_SECRET", known.app_secret.expose())
        .env("PROOFHOUSE_SDK_APP_ID", known.sdkappid.to_string())
        .env("PROOFHOUSE_SECRET_KEY", known.sdk_key.expose())
}
