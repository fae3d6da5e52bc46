// What happy-dom leaves out and the window uses.
Element.prototype.scrollIntoView ??= () => {};
