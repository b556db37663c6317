// In the place of the test runner, of which the rig's modules take in something that they do not use here.

export const vi = undefined;
