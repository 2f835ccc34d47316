// The lab's fixed time.

const now = new Date(process.env.LAB_TIME);
global.Date = class extends Date {
  constructor() {
    super(now);
  }
};
