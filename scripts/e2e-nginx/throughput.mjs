export function runFigures() {}
export function runThroughput() {}
