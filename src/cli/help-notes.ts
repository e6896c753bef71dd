import type { HelpNote } from "./help-layout.ts";

// What the help pages say below the flags, and the manual pages among them.

export const PROGRAM_DESCRIPTION =
  "How far Dropout moves the variance that Batch Normalization relies on: measured, and in theory.";

export const PROGRAM_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift simulate --p 0.5 --d 512", "keep half of 512 units; Δ is 0.5"],
      ["vshift theory --activation relu --drop 0.3", "the closed form alone"],
      ["vshift sweep --p 0.1:0.9:0.1 --d 64,512 --output sweep.ndjson"],
      ["vshift plot sweep.ndjson --output shift.svg"],
      ["vshift solve --shift 0.9 --solve-for keep", "the smallest keep probability that gives Δ = 0.9"],
      ["vshift weights model.safetensors --rho 0.2", "what real weights lead to"],
      ["vshift simulate --help", "every flag"],
    ],
  },
  "VSHIFT_THREADS stands for --threads, and so on for every flag. A file vshift.config.yaml in the working directory, or above it, has fields of a scenario; flags win (docs/CONFIGURATION.md).",
  "Exit codes: 0 fine, 1 measurement and theory disagree, 2 bad usage or input, 3 inconclusive, 70 internal error, 129, 130 and 143 interrupted by SIGHUP, SIGINT and SIGTERM (what was measured is kept).",
];

export const SIMULATE_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift simulate --p 0.5 --d 512"],
      ["vshift simulate --drop 0.3 --activation relu --rho 0.2 --layer linear --alignment 8"],
      ["vshift simulate --noise uout --beta 0.1 --format json"],
      ["vshift simulate --noise spatial --channel-size 49 --layer linear"],
      ["vshift simulate --activation file:x.npy --weights file:model.safetensors#fc1.weight"],
      ["vshift simulate --config scenario.json --output record.json"],
    ],
  },
  "One of --keep, --drop, --relative-variance (and --beta for uout) gives the noise's strength; for the paper's x + x·r with r ~ N(0, 1) that is --noise gaussian --relative-variance 1.",
  "Files are .npy, .npz, .safetensors or .csv: activations a row a sample, or feature maps; weights a row a neuron, or a kernel (docs/WEIGHTS.md).",
  "Exit codes: 0 agrees, 1 disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const SWEEP_NOTES: readonly HelpNote[] = [
  {
    heading: "Every flag of a scenario takes one value, or many:",
    terms: [
      ["0.1,0.5,0.9", "a list"],
      ["0.1:0.9:0.1", "from 0.1 to 0.9 in steps of 0.1, both ends included"],
      ["16..4096*2", "16, 32, … 4096"],
      ["1..20", "of --seed: 1, 2, … 20"],
    ],
  },
  {
    examples: [
      ["vshift sweep --p 0.05:0.95:0.05 --d 64,512 --output sweep.ndjson"],
      ["vshift sweep --p 0.3,0.5,0.7 --d 32,64,128 --zip p,d"],
      ["vshift sweep --noise uout,bernoulli,gaussian --beta 0.1 --match-noise", "all at σ² = 1/300"],
      ["vshift sweep --layer linear --rho 0.2 --d 32..4096*2 --repeats 20", "mean ± spread over 20 networks"],
      ["vshift sweep --config sweep.yaml --shard 2/3 --output part2.ndjson"],
      ["vshift sweep --p 0.1:0.9:0.2 | vshift plot -"],
    ],
  },
  "With --output, finished cells are kept at once; the same command skips them and goes on. --output FILE.csv, .parquet, .json and .md are made at the end.",
  "Exit codes: 0 all cells agree, 1 one disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const STACK_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift stack --p 0.5 --depth 8"],
      ["vshift stack --p 0.5 --depth 8 --compare", "what helps, what it costs, what to change"],
      ["vshift stack --p 0.3,0.5,0.7,0.9 --output depth.svg"],
      ["vshift stack --noise-at 3,4 --norm layer --norm-at 1,2"],
      ["vshift stack --residual --activation gelu --format json"],
    ],
  },
  "Flags take lists and ranges, as those of vshift sweep do; --noise-at and --norm-at take blocks.",
  "Place l is the input of the norm of block l; the last one is the output.",
  "--compare scores remedies against the training output averaged over masks, and against noise-free statistics.",
  "--output depth.svg or .png draws the shift by depth.",
];

export const CHECK_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift check --p 0.1:0.9:0.2 --d 64,512", "measure, and judge"],
      ["vshift check --config vshift.json --junit junit.xml"],
      ["vshift check --config vshift.json --plan", "what it will take, and what it can find"],
      ["vshift check sweep.ndjson --tolerance 0.01", "judge what was measured"],
      ["vshift check new.ndjson --baseline old.ndjson", "the same kernel: the same bits; another: equivalence"],
      ["vshift check --config vshift.json --baseline old.ndjson", "measure it now, and compare"],
      ["vshift check --drop 0.5 --d 512 --measured bn.csv", "judge another program's variances, and say what is wrong"],
      ["vshift check --drop 0.5 --d 512 --measured 1.57,1.0", "two numbers: training, test"],
      [
        "vshift check --drop 0.5 --d 512 --measured train=running_var.csv,test=eval_var.csv",
        "a TensorBoard export for each",
      ],
      ["vshift check --drop 0.5 --d 512 --measured bn.csv --columns train=a,test=b,layer=c"],
    ],
  },
  "--measured reads a line for each mini-batch, channel or layer, and finds columns such as train_var, running_var and eval_var by their names; docs/CI.md lists the formats.",
  "A pipe gets NDJSON, with the diagnosis as data; stderr ends with a summary for people, which --quiet leaves out.",
  "Cells are drawn until their verdict is settled at --alpha, or the budget is spent (--max-samples); --precision or --samples draw so much and no more.",
  "Exit codes: 0 all agree, 1 one disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const RECORDS_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift records sweep.ndjson", "the worst cells, and what they come to"],
      ["vshift records part*.ndjson --sort --output all.parquet", "unite shards"],
      ["vshift records part*.ndjson --config sweep.yaml --output all.ndjson", "… and see that none is missing"],
      ["vshift records all.ndjson --filter 'd>=512' --filter 'verdict!=agrees' --sort=-deviation --format csv"],
    ],
  },
  "Fields go by the names of flags (p, d, batch-size), of records (shift, verdict) or in full (theory.shift).",
  "Parts of one run, made with simulate --shard, are joined: their sums add up.",
];

export const PLOT_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift plot sweep.ndjson", "a chart in the terminal"],
      ["vshift plot sweep.ndjson --x p --by d --output shift.svg"],
      ["vshift plot sweep.ndjson --y deviation --output shift.png", "with the tolerance"],
      ["vshift plot sweep.ndjson --x p --y d --fill shift", "a heat map"],
      ["vshift plot sweep.ndjson --x p --facet noise --output panels.pdf", "a panel for each kind of noise"],
      ["vshift plot sweep.ndjson --x d --y alignment", "with a line by least squares"],
      ["vshift plot --figure uout --output uout.svg", "measured on the spot"],
    ],
  },
  "Fields are those of a scenario, by name, flag or symbol: p, d, rho, batch-size.",
  "Quantities: shift, deviation, trainVariance, testVariance, runningShift, runningVariance, runningMean, outputMean, outputVariance, standardError, alignment.",
  {
    heading: "Figures:",
    terms: [
      ["paper-a", "Δ against p without a layer between dropout and BN"],
      ["paper-b", "Δ against d at several alignments of the weights"],
      ["width", "wider layers, with and without a mean of the weights"],
      ["uout", "Uout and Bernoulli dropout at the same σ²"],
      ["alignment", "d·cos²θ against d for three means of the weights"],
    ],
  },
];

export const THEORY_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift theory --p 0.5 --mean 1"],
      ["vshift theory --activation relu --drop 0.3 --format json"],
      [
        "vshift theory --activation file:x.npy --weights file:w.npy",
        "the exact form for real activations, a row a sample, and real weights, a row a neuron",
      ],
      [
        "vshift theory --activation file:maps.npy --weights file:kernel.npy --padding 1",
        "feature maps [samples, channels, height, width] behind a convolution; without weights, at a BN2d",
      ],
      [
        "vshift theory --activation file:train.npy --test-activation file:eval.npy",
        "one layer's input in both modes: exact Δ and mean shift behind any network (docs/WEIGHTS.md)",
      ],
      [
        "vshift theory --mean 0.398942 --variance 0.340845 --rho 0.2 --layer linear --alignment 14.72835",
        "a ReLU's moments and the alignment of a trained ResNeXt (Li et al. 2019, table 1): 0.719",
      ],
    ],
  },
];

export const SOLVE_NOTES: readonly HelpNote[] = [
  {
    examples: [
      [
        "vshift solve --shift 0.8 --solve-for drop --activation relu",
        "the largest drop rate that leaves Δ at 0.8 or more",
      ],
      ["vshift solve --shift 0.99 --solve-for beta --noise uout --mean 1"],
      ["vshift solve --shift 0.9 --solve-for width --rho 0.2 --layer linear --weight-mean 0.1"],
      ["vshift solve --shift 0.7 --solve-for alignment --rho 0.2 --layer linear"],
    ],
  },
  "Weights are not drawn: their alignment is the one to expect, 1 + (d − 1)·μ²/(1 + μ²) with --weight-mean μ.",
  "What gives what is to be found (as --keep does with --solve-for drop) is refused; from a --config it is passed over.",
  "Exit codes: 0 found, 2 bad usage or input, or no value gives that Δ.",
];

export const PAPER_NOTES: readonly HelpNote[] = [
  {
    examples: [["vshift paper"], ["vshift paper --format markdown --output PAPER.md"]],
  },
  "Only closed forms are worked out; simulate and sweep measure the same with the flags that are shown. A number matches if it rounds to the digits that are stated. The tables' numbers are of trained networks: they are listed, and not checked.",
  "Exit codes: 0 all is as it should be, 1 a number that should match does not, 2 bad usage.",
];

export const WEIGHTS_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift weights model.safetensors"],
      ["vshift weights resnet.npz --name 'layer4.*' --keep 0.9 --activation relu --rho 0.2"],
      ["vshift weights kernel.npy --layout in-first --format json", "a kernel of Keras"],
      ["vshift weights matrix.csv --rho 0.2", "a row of numbers for each neuron"],
    ],
  },
  "Noise and input are those that the layer would see; without --rho, width and angle do nothing to Δ.",
  "The running variances of norms are shown; other arrays of one axis (biases) are skipped. docs/WEIGHTS.md: how to save weights, and the columns.",
];

export const COMPLETION_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["source <(vshift completion bash)", "in ~/.bashrc"],
      ["source <(vshift completion zsh)", "in ~/.zshrc"],
      ["vshift completion fish > ~/.config/fish/completions/vshift.fish"],
      ["vshift completion powershell | Out-String | Invoke-Expression", "in $PROFILE"],
    ],
  },
  "The script holds all commands and flags: completing starts no process, and runs nothing of what was typed. Print it again after an update.",
];
