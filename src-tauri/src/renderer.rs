//! How pages are drawn on Linux: by the processor, into memory that the window shares.
//!
//! Text and lists gain nothing from a graphics driver. It costs tens of megabytes in two processes and a good part of the
//! time to the first frame, and with some drivers (NVIDIA's among them) WebKitGTK's windows stay empty.

use std::env;

/// What is set for this process; the programs that it starts draw as they like.
pub const VARIABLES: &[&str] = &[
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "GDK_GL",
    "WEBKIT_WEB_RENDER_DEVICE_FILE",
];

/// Chooses, unless whoever starts the app has. To be called before there is a second thread.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "WebKitGTK and GTK are told in no other way")]
pub fn choose() {
    for (name, value) in VARIABLES.iter().zip(["1", "disable", device()]) {
        if env::var_os(name).is_none() {
            // SAFETY: no other thread is there to read or write the environment.
            unsafe { env::set_var(name, value) };
        }
    }
}

/// The device whose screen the frames are timed by. WebKitGTK would load the driver to ask it for the device, and keep
/// it.
#[cfg(target_os = "linux")]
fn device() -> &'static str {
    const DEVICES: [&str; 4] = [
        "/dev/dri/renderD128",
        "/dev/dri/renderD129",
        "/dev/dri/renderD130",
        "/dev/dri/renderD131",
    ];
    let is_there = |device: &&str| std::path::Path::new(device).exists();
    // Without one, frames are timed by a clock.
    DEVICES.into_iter().find(is_there).unwrap_or("/dev/null")
}
