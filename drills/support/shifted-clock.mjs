// Loaded into a gateway before anything else: its wall clock is as wrong as the file says (milliseconds). The monotonic clock stays.
import { readFileSync, watch } from 'node:fs';

const file = process.env['DRILL_CLOCK_FILE'];
const RealDate = Date;
let offsetMs = 0;
const read = () => {
  offsetMs = Number(readFileSync(file, 'utf8'));
};
read();
watch(file, { persistent: false }, read);

class ShiftedDate extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + offsetMs] : parts));
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
}
// Libraries know the class by its name.
Object.defineProperty(ShiftedDate, 'name', { value: 'Date' });
globalThis.Date = ShiftedDate;
