//! How pages are drawn on Linux: by the processor, into memory that the window shares.
//!
//! Text and lists gain nothing from a graphics driver. It costs tens of megabytes in two processes and a good part of the
//! time to the first frame, and with some drivers (NVIDIA's among them) WebKitGTK's windows stay empty.

use std::env;

/// What is set for this process; the programs that it starts draw as they like.
pub const VARIABLES: &[&str] = &["WEBKIT_DISABLE_DMABUF_RENDERER", "GDK_GL"];

/// Chooses, unless whoever starts the app has. To be called before there is a second thread.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "WebKitGTK and GTK are told in no other way")]
pub fn choose() {
    for (name, value) in VARIABLES.iter().zip(["1", "disable"]) {
        if env::var_os(name).is_none() {
            // SAFETY: no other thread is there to read or write the environment.
            unsafe { env::set_var(name, value) };
        }
    }
}
