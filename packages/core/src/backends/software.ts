/** Drivers that compute on the processor what others compute on a GPU. */
const softwareDrivers = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/** Whether an adapter of that name runs in software: its timings are no GPU's. */
export const isSoftware = (adapter: string): boolean => softwareDrivers.test(adapter);
