//! How pages are drawn on Linux: by the processor, into memory that the window shares.
//!
//! Text and lists gain nothing from a graphics driver. It costs tens of megabytes in each of two processes and a good part
//! of the time to the first frame, and with some drivers (NVIDIA's among them) WebKitGTK's windows stay empty.

#[cfg(target_os = "linux")]
use std::env;

/// What is set for this process; the programs that it starts draw as they like.
pub const VARIABLES: &[&str] = &["WEBKIT_DISABLE_DMABUF_RENDERER", "GDK_GL"];

/// Chooses, unless whoever starts the app has. To be called before there is a second thread.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "WebKitGTK and GTK are told in no other way")]
pub fn choose() {
    for (name, value) in VARIABLES.iter().zip(["1", "disable"]) {
        match env::var(name) {
            // SAFETY: no other thread is there to read or write the environment.
            Err(_) => unsafe { env::set_var(name, value) },
            // Whoever has another way of drawing in mind may need the driver.
            Ok(chosen) if chosen != value => return,
            Ok(_) => {}
        }
    }
    do_without_driver();
}

/// Leaves this process without a graphics driver: WebKitGTK loads one to ask it for the device that it draws with, even
/// where it draws with none, and keeps it. The processes of its pages are others, and cannot do without.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "the library of drivers is told by the environment, before it is first asked"
)]
fn do_without_driver() {
    use std::ffi::{c_char, c_int, c_void};
    use std::ptr;

    /// Where the library (libglvnd's) looks for drivers, once, when it is first asked for anything.
    const DRIVERS: &str = "__EGL_VENDOR_LIBRARY_FILENAMES";
    /// `EGL_EXTENSIONS`: asked of no display, it is about the library alone.
    const EXTENSIONS: c_int = 0x3055;
    type QueryString = unsafe extern "C" fn(*mut c_void, c_int) -> *const c_char;

    if env::var_os(DRIVERS).is_some() {
        return;
    }
    // SAFETY: no other thread is there to read or write the environment. The library is the one that WebKitGTK is linked
    // with, stays loaded, and its function is called as EGL 1.5 declares it.
    unsafe {
        let Ok(library) = libloading::Library::new("libEGL.so.1") else {
            return;
        };
        env::set_var(DRIVERS, "/dev/null");
        if let Ok(query) = library.get::<QueryString>(b"eglQueryString\0") {
            query(ptr::null_mut(), EXTENSIONS);
        }
        env::remove_var(DRIVERS);
        std::mem::forget(library);
    }
}
