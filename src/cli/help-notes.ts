import type { HelpNote } from "./help-layout.ts";

// What the help pages say below the flags, and the manual pages among them.

export const PROGRAM_DESCRIPTION =
  "Measure the variance shift that Dropout causes in Batch Normalization, and compare it with theory.";

export const PROGRAM_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift simulate --p 0.5 --d 512", "keep half of 512 units: Δ is 0.5"],
      ["vshift theory --activation relu --drop 0.3", "the closed form, step by step"],
      ["vshift sweep --p 0.1:0.9:0.1 --d 64,512 --output sweep.ndjson"],
      ["vshift plot sweep.ndjson --output shift.svg"],
      ["vshift solve --shift 0.9 --solve-for keep", "the smallest keep probability that gives Δ = 0.9"],
      ["vshift weights model.safetensors --rho 0.2", "the Δ of real weights"],
      ["vshift audit model.pt2", "the batch norms of a trained model that dropout has shifted"],
      ["vshift simulate --help", "every flag"],
    ],
  },
  "Environment variables set flags (VSHIFT_THREADS for --threads), and so does a file vshift.config.yaml in the working directory or above it. Flags win (docs/CONFIGURATION.md).",
  "Exit codes: 0 success, 1 measurement and theory disagree, 2 bad usage or input, 3 inconclusive, 70 internal error, 129, 130 and 143 interrupted by SIGHUP, SIGINT and SIGTERM (measured results are kept).",
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
  "Set the strength of the noise by one of --keep, --drop, --relative-variance, or --beta for uout. The paper's x + x·r with r ~ N(0, 1) is --noise gaussian --relative-variance 1.",
  "Files are .npy, .npz, .safetensors or .csv. Activations have a row per sample, or are feature maps; weights have a row per neuron, or are a kernel (docs/WEIGHTS.md).",
  "Exit codes: 0 agrees, 1 disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const EXPLORE_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift explore --open"],
      ["vshift explore --drop 0.3 --activation relu --depth 12 --output relu.html"],
      ["vshift explore --network 'input(64) relu dropout(0.3) bn'"],
    ],
  },
  "The flags are what the page begins with: its sliders move from there, and its address keeps what they say. --network is the network of its last figure, and --depth the stack before it. Files stay outside: use vshift simulate for these.",
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
      ["vshift sweep --p 0.3,0.5 --depth 2,4,8 --d 128", "stacks: a record for each position"],
      ["vshift sweep --config sweep.yaml --shard 2/3 --output part2.ndjson"],
      ["vshift sweep --p 0.1:0.9:0.2 | vshift plot -"],
    ],
  },
  "With --output, finished scenarios are saved at once, and the same command resumes. --output FILE.csv, .parquet, .json and .md are written at the end.",
  "Exit codes: 0 all agree, 1 one disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const STACK_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift stack --p 0.5 --depth 8"],
      ["vshift stack --p 0.5 --depth 8 --compare", "which remedies help, and what they cost"],
      ["vshift stack --p 0.3,0.5,0.7,0.9 --output depth.svg"],
      ["vshift stack --noise-at 3,4 --norm layer --norm-at 1,2"],
      ["vshift stack --residual --nonlinearity gelu --format json"],
      ["vshift stack --depth 4 --precision 0.01", "more mini-batches, until each interval is that narrow"],
    ],
  },
  "Flags take lists and ranges, as in vshift sweep; --noise-at and --norm-at take block numbers.",
  "A position is the input of a norm; the last one is the network's output. Each has a record, as in vshift sweep --depth (docs/STACK.md).",
  "--compare scores remedies by the distance of the output from the training output averaged over masks, and from the output with noise-free statistics.",
  "--output depth.svg or .png draws the shift by depth.",
];

export const CHECK_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift check --p 0.1:0.9:0.2 --d 64,512", "measure and check"],
      ["vshift check --config vshift.json --junit junit.xml"],
      ["vshift check --config vshift.json --plan", "how many samples it takes, and what it can detect"],
      ["vshift check --p 0.5 --d 512 --depth 4", "a stack: a verdict for each position"],
      ["vshift check sweep.ndjson --tolerance 0.01", "check what was measured"],
      ["vshift check new.ndjson --baseline old.ndjson", "same engine version: same bits; another: equivalence"],
      ["vshift check --config vshift.json --baseline old.ndjson", "measure again, and compare"],
      [
        "vshift check --drop 0.5 --d 512 --measured bn.csv",
        "check variances measured by another program, and diagnose a mismatch",
      ],
      ["vshift check --drop 0.5 --d 512 --measured 1.57,1.0", "two numbers: training variance, test variance"],
      [
        "vshift check --drop 0.5 --d 512 --measured train=running_var.csv,test=eval_var.csv",
        "a TensorBoard export per phase",
      ],
      ["vshift check --drop 0.5 --d 512 --measured bn.csv --columns train=a,test=b,layer=c"],
    ],
  },
  "--measured reads a line per mini-batch, channel or layer, and finds columns such as train_var, running_var and eval_var by name (docs/CI.md).",
  "In a pipe the result is NDJSON with the diagnosis as data, and stderr ends with a summary, which --quiet suppresses.",
  "Each scenario is measured until its verdict is conclusive at --alpha or --max-samples is reached. --precision or --samples fix the number of samples instead; without them and --max-samples a stack takes 64 mini-batches.",
  "Exit codes: 0 all agree, 1 one disagrees, 2 bad usage or input, 3 inconclusive, 129/130/143 interrupted.",
];

export const RECORDS_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift records sweep.ndjson", "the verdict, and the worst scenarios"],
      ["vshift records part*.ndjson --sort --output all.parquet", "merge shards"],
      ["vshift records part*.ndjson --config sweep.yaml --output all.ndjson", "… and check that none is missing"],
      ["vshift records stacks.ndjson --filter position.name=output", "the output of each stack"],
      ["vshift records all.ndjson --filter 'd>=512' --filter 'verdict!=agrees' --sort=-deviation --format csv"],
    ],
  },
  "Name fields by flag (p, d, batch-size), by record (shift, verdict) or in full (theory.shift).",
  "Parts of one run (simulate --shard) are joined.",
];

export const PLOT_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift plot sweep.ndjson", "a chart in the terminal"],
      ["vshift plot sweep.ndjson --x p --by d --output shift.svg"],
      ["vshift plot sweep.ndjson --y deviation --output shift.png", "with the tolerance"],
      ["vshift plot sweep.ndjson --x p --y d --fill shift", "a heat map"],
      ["vshift plot sweep.ndjson --x p --facet noise --output panels.pdf", "a panel per kind of noise"],
      ["vshift plot sweep.ndjson --x d --y alignment", "with a least-squares line"],
      ["vshift plot stacks.ndjson --x position --by keep", "records of stacks; by depth without flags"],
      ["vshift plot --figure uout --output uout.svg", "measure and draw"],
    ],
  },
  "Fields are those of a scenario, by name, flag or symbol (p, d, rho, batch-size), and position.",
  "Quantities: shift, deviation, trainVariance, testVariance, runningShift, runningVariance, runningMean, outputMean, outputVariance, standardError, meanShift, alignment.",
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
        "vshift theory --network 'input(8) relu dropout(0.3) bn'",
        "a network as text: Δ at each norm (docs/NETWORKS.md)",
      ],
      [
        "vshift theory --activation file:x.npy --weights file:w.npy",
        "exact Δ for real activations (a row per sample) and real weights (a row per neuron)",
      ],
      [
        "vshift theory --activation file:maps.npy --weights file:kernel.npy --padding 1",
        "feature maps [samples, channels, height, width] before a convolution; without weights, at a BN2d",
      ],
      [
        "vshift theory --activation file:train.npy --test-activation file:eval.npy",
        "a norm's input in both modes: exact Δ and mean shift for any network (docs/WEIGHTS.md)",
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
      ["vshift solve --shift 0.8 --solve-for drop --activation relu", "the largest drop rate with Δ of 0.8 or more"],
      ["vshift solve --shift 0.99 --solve-for beta --noise uout --mean 1"],
      ["vshift solve --shift 0.9 --solve-for width --rho 0.2 --layer linear --weight-mean 0.1"],
      ["vshift solve --shift 0.7 --solve-for alignment --rho 0.2 --layer linear"],
    ],
  },
  "The alignment of the weights is the expected one, 1 + (d − 1)·μ²/(1 + μ²) with --weight-mean μ.",
  "A flag that sets the parameter to solve for (--keep with --solve-for drop) is refused; in a --config it is ignored.",
  "Exit codes: 0 found, 2 bad usage or input, or no value reaches that Δ.",
];

export const PAPER_NOTES: readonly HelpNote[] = [
  {
    examples: [["vshift paper"], ["vshift paper --format markdown --output PAPER.md"]],
  },
  "Nothing is measured; vshift simulate measures the same numbers with the flags shown. A number matches if it rounds to the stated digits. The tables' numbers come from trained networks, and are only listed.",
  "Exit codes: 0 all match as expected, 1 a number does not match, 2 bad usage.",
];

export const WEIGHTS_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift weights model.safetensors"],
      ["vshift weights resnet.npz --name 'layer4.*' --keep 0.9 --activation relu --rho 0.2"],
      ["vshift weights kernel.npy --layout in-first --format json", "a Keras kernel"],
      ["vshift weights matrix.csv --rho 0.2", "a row per neuron"],
    ],
  },
  "Noise and input are those of the layer. Without --rho, width and angle have no effect on Δ.",
  "Running variances of norms are shown; other one-dimensional arrays (biases) are skipped (docs/WEIGHTS.md).",
];

export const AUDIT_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift audit model.pt2"],
      ["vshift audit model.pt2 --data inputs.npy", "measured, by 64 inputs"],
      ["vshift audit model.pt2 --data inputs.npy --fix repaired.pt2"],
      ["vshift audit model.pt2 --data d.npz#x --labels d.npz#y --fix repaired.pt2"],
      ["vshift audit model.pt2 | jq -r 'select(.verdict == \"shifted\") | .norm'"],
    ],
  },
  "In PyTorch: torch.export.save(torch.export.export(model.eval(), (x,)), 'model.pt2'). Use model.train() to include noise written by hand (docs/AUDIT.md).",
  "Without --data Δ is predicted from weights and running statistics. With --fix the inputs beyond --inputs, or those of --guard-data, check the repair: by the loss with --labels, else by the shape of a classifier's answers. In a pipe the result is NDJSON, a line for each norm and a summary, and stderr ends with the conclusion, which --quiet suppresses.",
  "Exit codes: 0 all norms within --tolerance, or repaired, 1 a norm is shifted, or a repair is refused, 2 bad usage or input, no Batch Normalization or no noise, 3 a norm needs data.",
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
  "The script contains all commands and flags. Completion starts no process and evaluates nothing that you type. Print it again after an update.",
];

export const WORKER_NOTES: readonly HelpNote[] = [
  {
    examples: [
      ["vshift worker redis://queue.example:6379"],
      ["vshift worker --threads 8", "at the address in VSHIFT_ENGINE"],
      ["vshift sweep --p 0.1:0.9:0.1 --engine redis://queue.example:6379 --output sweep.ndjson"],
    ],
  },
  "Redis needs the packages bullmq and ioredis next to vshift, PostgreSQL bullmq and pg. Workers take work of their own engine version only (docs/CLUSTER.md).",
  "SIGTERM and Ctrl-C let the worker finish the work in hand and end; a second one ends it at once.",
  "Exit codes: 0 stopped, 2 bad usage, or the queue cannot be used.",
];
