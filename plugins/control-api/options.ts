import { z } from 'devservices';

export const controlApiOptions = z.strictObject({}).prefault({});
