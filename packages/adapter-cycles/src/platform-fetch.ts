// The platform puts the dispatcher under its `fetch` once it is first looked at. undici puts its own there where it finds none: looked at
// before undici is loaded, the program's own requests go where they went without this package.
void globalThis.Response;
