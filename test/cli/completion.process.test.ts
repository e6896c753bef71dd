import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { start, temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();
const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
type Shell = (typeof SHELLS)[number];

const isThere = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const HAS = {
  bash: isThere("bash", "--version"),
  zsh: isThere("zsh", "--version"),
  fish: isThere("fish", "--version"),
  powershell: isThere("pwsh", "-Version"),
};
/** util-linux's `script` runs a command on a terminal of its own. */
const HAS_TERMINAL = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;
const NO_TERMINAL = "there is no `script` of util-linux";

const scripts = new Map<Shell, string>();
/** What zsh knows of its own completion, which takes it long to find out. */
const DUMP = join(folder(), "dump");

beforeAll(async () => {
  for (const shell of SHELLS) scripts.set(shell, (await vshift(["completion", shell])).stdout);
  if (HAS.zsh) await start(["zsh", "-f", "-c", "autoload -Uz compinit && compinit -i -d $DUMP"], { env: { DUMP } }).end;
});

/** A folder with the script of a shell, two files to complete, and others. */
function folderFor(shell: Shell, files: Readonly<Record<string, string>> = {}): string {
  const made = folder();
  const all = { script: scripts.get(shell) ?? "", "data.npy": "", "with space.json": "{}", ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(made, name), text);
  mkdirSync(join(made, "sub"));
  writeFileSync(join(made, "sub/deep.npy"), "");
  return made;
}

/** Stands for vshift: shows what it was given. */
const SHOW = "vshift() { printf '<%s>' \"$@\"; echo; }";
/** What an interactive shell reads first, with the script loaded twice. */
const START = {
  bash: `PS1='> '\nsource ./script\nsource ./script\n${SHOW}\n`,
  // Its usual key runs what stands in $( ) before it completes; this one completes.
  zsh: `PS1='> '\nsetopt interactive_comments\nbindkey -e\nbindkey '^I' complete-word\nautoload -Uz compinit && compinit -C -d $DUMP\nsource ./script\nsource ./script\n${SHOW}\n`,
};

/**
 * What an interactive shell shows when a line is typed, tabs and all, on a terminal. What is typed before the shell is ready goes
 * through the terminal's own editing, which knows Ctrl-U and Ctrl-C, but neither tabs nor Ctrl-A.
 */
async function typed(
  shell: "bash" | "zsh",
  line: string,
  { cwd = folderFor(shell), start: startUp = START[shell] } = {},
) {
  writeFileSync(join(cwd, ".zshrc"), startUp);
  writeFileSync(join(cwd, "rc"), startUp);
  const command = shell === "bash" ? "bash --noprofile --rcfile ./rc -i" : "zsh -d -i";
  const { child, end } = start(["script", "--quiet", "--return", "--command", command, "/dev/null"], {
    cwd,
    env: { ZDOTDIR: cwd, TERM: "xterm", HOME: cwd, DUMP },
  });
  child.stdin?.end(`${line}\nexit\n`);
  return (await end).stdout;
}

/** What fish offers for the end of a line. */
async function offeredByFish(line: string, cwd = folderFor("fish")) {
  const program = "source ./script; source ./script; complete -C $argv[1]";
  const ran = await start(["fish", "--no-config", "-c", program, line], { cwd, env: { HOME: cwd } }).end;
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  return ran.stdout.split("\n").slice(0, -1);
}

const NOISES = ["alpha", "bernoulli", "dropconnect", "gaussian", "none", "spatial", "uout"];

it.each(SHELLS)("%s reads the script", async (shell) => {
  const { code, stdout, stderr } = await vshift(["completion", shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const word of ["simulate", "relative-variance", "bernoulli", "help"]) expect(stdout).toContain(word);
  expect(await vshift(["complete", shell])).toEqual({ code, stdout, stderr });
});

it.each(SHELLS)("the script of %s has every flag of every command", async (shell) => {
  const script = (await vshift(["completion", shell])).stdout;
  const flags = COMMANDS.flatMap(({ options }) => options().filter(({ hidden }) => !hidden));
  for (const { long } of flags) expect(script).toContain(shell === "fish" ? `-l ${long?.slice(2)} ` : long);
  expect(script).not.toContain("--colour");
});

it("another shell is refused, by a list of those that there are", async () => {
  const { code, stdout, stderr } = await vshift(["completion", "tcsh"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^vshift: tcsh: [^\n]*zsh, bash, fish or powershell[^\n]*\n$/);
});

/** Lines with tabs in them, and the words that the command gets. */
const COMPLETED: readonly (readonly [string, readonly string[]])[] = [
  ["sim\t--activ\tuni\t", ["simulate", "--activation", "uniform"]],
  ["simulate --noise=u\t", ["simulate", "--noise=uout"]],
  ["stack --statistics ru\t--conn\tres\t", ["stack", "--statistics", "running", "--connection", "residual"]],
  ["simulate --output wi\t", ["simulate", "--output", "with space.json"]],
  ["simulate --output=wi\t", ["simulate", "--output=with space.json"]],
  ["simulate --activation fi\tda\t", ["simulate", "--activation", "file:data.npy"]],
  ["simulate --weights file:sub/\t", ["simulate", "--weights", "file:sub/deep.npy"]],
  ["simulate --activation uni\t", ["simulate", "--activation", "uniform"]],
  ["records da\twi\t", ["records", "data.npy", "with space.json"]],
  ["check --junit x.xml da\t", ["check", "--junit", "x.xml", "data.npy"]],
  ["completion z\t", ["completion", "zsh"]],
  ["help sol\t", ["help", "solve"]],
  ["--color al\tpa\t", ["--color", "always", "paper"]],
  // A value of a kind of its own: neither files nor anything else.
  ["simulate --seed da\t", ["simulate", "--seed", "da"]],
  // A command that reads no files has none to offer.
  ["simulate da\t", ["simulate", "da"]],
  // What stands in the place of a value is no command.
  ["plot --title check --fi\t", ["plot", "--title", "check", "--fi"]],
];

/** The words as `SHOW` prints them; zsh may write --flag=value. */
const shown = (words: readonly string[]) => words.map((word) => `<${word}>`).join("");
const withSpaces = (text: string) => text.replace(/<(--[a-z-]+)=/g, "<$1><");

/** Lines that would make a file if anything in them was run, completed at their end. */
const HOSTILE = [
  'simulate --seed "$(touch pwned)"',
  'simulate --noise="$(touch pwned)"',
  "simulate --noise `touch pwned`",
  "simulate --config $(touch pwned)/",
  'simulate --config "$(touch pwned)/',
  `simulate --config "\${x:-$(touch pwned)}/s`,
  'simulate --activation "file:$(touch pwned)/',
  "records `touch pwned`/s",
  "records $(touch pwned)/s",
  '"$(touch pwned)" --se',
  "$(touch pwned)",
];

describe.each(["bash", "zsh"] as const)("%s on a terminal", (shell) => {
  beforeEach(({ skip }) => {
    skip(!HAS[shell], `${shell} is not installed`);
    skip(!HAS_TERMINAL, NO_TERMINAL);
  });

  it.each(COMPLETED)("completes %j", async (line, words) => {
    expect(withSpaces(await typed(shell, `vshift ${line}`))).toContain(withSpaces(shown(words)));
  });

  it("shows what there is, where that is several", async () => {
    const text = await typed(shell, "vshift simulate --noise \t\tx");
    for (const noise of NOISES) expect(text).toContain(noise);
    expect(text).not.toContain("data.npy");
  });

  it("says nothing when the script is read, twice, and nothing before it", async () => {
    const text = await typed(shell, "echo read", { start: "source ./script\nsource ./script\n" });
    expect(text).not.toMatch(/command not found|error|parse/i);
  });

  it.each(HOSTILE)("runs nothing of %j", async (line) => {
    const cwd = folderFor(shell);
    // Ctrl-A and # make a comment of the line once the tab has been dealt with.
    await typed(shell, `vshift ${line}\t\u0001#`, { cwd });
    expect(existsSync(join(cwd, "pwned"))).toBe(false);
  });

  it("runs it where a script does, so that these tests can fail", async () => {
    const cwd = folderFor(shell);
    const bad = { bash: `eval "x=\${COMP_WORDS[COMP_CWORD]}"`, zsh: 'eval "x=$words[CURRENT]"' }[shell];
    const register = { bash: "complete -F bad vshift", zsh: "compdef bad vshift" }[shell];
    const startUp = `${START[shell]}bad() { ${bad}; }\n${register}\n`;
    await typed(shell, `vshift ${HOSTILE[0]}\t\u0001#`, { cwd, start: startUp });
    expect(existsSync(join(cwd, "pwned"))).toBe(true);
  });
});

describe("zsh", () => {
  beforeEach(({ skip }) => {
    skip(!HAS.zsh, "zsh is not installed");
    skip(!HAS_TERMINAL, NO_TERMINAL);
  });

  it("shows what flags and commands are for", async () => {
    expect(await typed("zsh", "vshift theory --weight\t")).toContain("mean of the weights");
    expect(await typed("zsh", "vshift s\t")).toContain("measure one scenario and compare it with the closed form");
  });

  it("finds the script as a file in $fpath", async () => {
    const cwd = folderFor("zsh", { _vshift: scripts.get("zsh") ?? "" });
    const startUp = `PS1='> '\nfpath=($PWD $fpath)\nautoload -Uz compinit && compinit -i\n${SHOW}\n`;
    const text = await typed("zsh", "vshift sim\t--activ\tuni\t", { cwd, start: startUp });
    expect(withSpaces(text)).toContain(shown(["simulate", "--activation", "uniform"]));
  });
});

describe("fish", () => {
  beforeEach(({ skip }) => skip(!HAS.fish, "fish is not installed"));

  it.each([
    ["sim", ["simulate"]],
    ["simulate --noise ", NOISES],
    ["simulate --noise=u", ["--noise=uout"]],
    ["theory --weight", ["--weight-mean", "--weights"]],
    ["simulate --output wi", ["with space.json"]],
    ["simulate --activation uni", ["uniform"]],
    ["simulate --activation file:da", ["file:data.npy"]],
    ["simulate --weights=file:sub/", ["--weights=file:sub/deep.npy"]],
    ["records da", ["data.npy"]],
    ["simulate --seed ", []],
    ["simulate da", []],
    ["completion ", ["bash", "fish", "powershell", "zsh"]],
    ["help sol", ["solve"]],
    ["--color ", ["always", "auto", "never"]],
    ["--color always pa", ["paper"]],
    ["plot --title check --fi", ["--figure", "--fill"]],
  ])("completes %j with %j", async (line, offered) => {
    const lines = await offeredByFish(`vshift ${line}`);
    expect(lines.map((each) => each.split("\t")[0]).toSorted()).toEqual(offered);
  });

  it("says what flags and commands are for", async () => {
    expect(await offeredByFish("vshift sim")).toEqual([
      "simulate\tmeasure one scenario and compare it with the closed form",
    ]);
    expect(await offeredByFish("vshift theory --weight-m")).toEqual([
      "--weight-mean\tmean of the weights, in their standard deviations [0]",
    ]);
  });

  it.each([...HOSTILE, "simulate --config (touch pwned)/s", "simulate --seed (touch pwned)"])(
    "runs nothing of %j",
    async (line) => {
      const cwd = folderFor("fish");
      await offeredByFish(`vshift ${line}`, cwd);
      expect(existsSync(join(cwd, "pwned"))).toBe(false);
    },
  );

  it("runs it where a script does, so that these tests can fail", async () => {
    const cwd = folderFor("fish", { script: "complete -c vshift -f -a '(eval echo (commandline -ct))'\n" });
    await offeredByFish("vshift (touch pwned)", cwd);
    expect(existsSync(join(cwd, "pwned"))).toBe(true);
  });
});

describe("PowerShell", () => {
  beforeEach(({ skip }) => skip(!HAS.powershell, "pwsh is not installed"));

  it.each([
    ["sim", ["simulate"]],
    ["simulate --noise u", ["uout"]],
    ["theory --weight", ["--weights", "--weight-mean"]],
    ["completion z", ["zsh"]],
  ])("completes %j with %j", async (line, offered) => {
    const cwd = folderFor("powershell");
    const program =
      "Get-Content -Raw ./script | Invoke-Expression; (TabExpansion2 $env:LINE $env:LINE.Length).CompletionMatches.CompletionText";
    const ran = await start(["pwsh", "-NoProfile", "-Command", program], {
      cwd,
      env: { LINE: `vshift ${line}`, HOME: cwd },
    }).end;
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout.trim().split(/\r?\n/)).toEqual(offered);
  });
});

describe("bash without a terminal", () => {
  beforeEach(({ skip }) => skip(!HAS.bash, "bash is not installed"));

  // Words as bash takes a line apart; the last one is completed.
  it.each([
    [
      ["simulate", "--noise", ""],
      ["bernoulli", "gaussian", "uout", "spatial", "dropconnect", "alpha", "none"],
    ],
    [
      ["theory", "--weight"],
      ["--weights", "--weight-mean"],
    ],
    [["sim"], ["simulate"]],
    [["simulate", "--noise", "=", "u"], ["uout"]],
    [["simulate", "--activation", "f"], ["file:"]],
    [["records", "--", "--fi"], []],
    [["simulate", "--mean", ""], []],
  ])("after %j completion offers %j", async (words, offered) => {
    const program = `source ./script; COMP_WORDS=(vshift "$@"); COMP_CWORD=$#; _vshift; [ -z "$COMPREPLY" ] || printf "%s\\n" "\${COMPREPLY[@]}"`;
    const ran = await start(["bash", "--norc", "-c", program, "bash", ...words], { cwd: folderFor("bash") }).end;
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout.split("\n").slice(0, -1)).toEqual(offered);
  });
});
