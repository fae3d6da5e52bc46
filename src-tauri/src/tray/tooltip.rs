//! What the pointer over the icon is told.

use tauri::tray::TrayIcon;

/// Says it where the system has tooltips.
///
/// # Errors
/// When the system refuses.
#[cfg(not(target_os = "linux"))]
pub fn tell(icon: &TrayIcon, text: &str) -> tauri::Result<()> {
    icon.set_tooltip(Some(text))
}

/// Says it as the title of the item, which panels show for want of a tooltip: of one, the library of Tauri's icons knows
/// nothing. Below the title some say what the picture is called: "icon", if nobody says better.
///
/// # Errors
/// When the app ends.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the library's own functions take a pointer")]
pub fn tell(icon: &TrayIcon, text: &str) -> tauri::Result<()> {
    use std::ffi::CString;
    use std::mem::size_of;

    use libappindicator_sys::{
        AppIndicator, app_indicator_get_icon, app_indicator_set_icon_full, app_indicator_set_title,
    };

    let title = CString::new(text.replace('\0', "")).unwrap_or_default();
    icon.with_inner_tray_icon(move |icon| {
        // SAFETY: what the icon hands out lives as long as it does, and of that size is nothing but the pointer; this is
        // the thread on which GTK is used.
        unsafe {
            let handle = icon.app_indicator();
            if size_of_val(&*handle) != size_of::<*mut AppIndicator>() {
                return;
            }
            let indicator = handle.cast::<*mut AppIndicator>().read();
            app_indicator_set_title(indicator, title.as_ptr());
            app_indicator_set_icon_full(indicator, app_indicator_get_icon(indicator), c"Dialdeck".as_ptr());
        }
    })
}
