/** 24 cells, half a second of one thread. */
export const GRID = [
  ...["--p", "0.5:0.9:0.2", "--d", "64,256", "--rho", "0,0.2", "--layer", "linear", "--neurons", "64"],
  ...["--alignment", "1,8", "--precision", "0.005", "--tolerance", "0.05"],
];

export const linesOf = (text: string): string[] => text.split("\n").slice(0, -1);
