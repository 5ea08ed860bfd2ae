export { compileSchedule, type Schedule, ScheduleError } from "./schedule";
