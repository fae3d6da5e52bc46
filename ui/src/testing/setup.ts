import { configure } from '@testing-library/dom';

// For a machine that builds something else meanwhile.
configure({ asyncUtilTimeout: 5000 });

// What happy-dom leaves out and the window uses.
Element.prototype.scrollIntoView ??= () => {};
