import { Argument, Command } from 'commander';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';

/** A command as completions need it. */
interface Offered {
  readonly name: string;
  readonly help: string;
  /** Long and short flags, each with its help and the words that it takes. */
  readonly options: readonly { readonly flag: string; readonly help: string; readonly words: readonly string[] }[];
}

function firstSentence(text: string): string {
  return (/^[^.;(]*/.exec(text)?.[0] ?? '').trim();
}

function offered(command: Command): Offered {
  return {
    name: command.name(),
    help: firstSentence(command.description()),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ long, short, description, argChoices }) => ({
        flag: long ?? short ?? '',
        help: firstSentence(description),
        words: argChoices ?? [],
      })),
  };
}

/** In single quotes for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bash(commands: readonly Offered[], general: Offered): string {
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words=${quoted(options.map(({ flag }) => flag).join(' '))} ;;`,
  );
  // Two commands may take other words after the same option.
  const values = commands.flatMap(({ name, options }) =>
    [...options, ...general.options]
      .filter(({ words }) => words.length > 0)
      .map(
        ({ flag, words }) =>
          `    ${quoted(`${name} ${flag}`)}) COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current")); return ;;`,
      ),
  );
  return `_quiltboot() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" words word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  case "$command $before" in
${values.join('\n')}
  esac
  case "$command" in
    '') words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
${cases.join('\n')}
    *) words='' ;;
  esac
  words="$words ${general.options.map(({ flag }) => flag).join(' ')}"
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) if [ -z "$command" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi ;;
  esac
}
complete -o filenames -F _quiltboot quiltboot
`;
}

function zsh(commands: readonly Offered[], general: Offered): string {
  const spec = ({ flag, help, words }: Offered['options'][number]): string =>
    quoted(`${flag}[${help.replaceAll(/[[\]:]/g, ' ')}]${words.length > 0 ? `:value:(${words.join(' ')})` : ''}`);
  const cases = commands.map(
    ({ name, options }) =>
      `    ${name}) _arguments ${[...options, ...general.options].map(spec).join(' ')} '*:file:_files' ;;`,
  );
  const names = commands.map(({ name, help }) => quoted(`${name}:${help.replaceAll(':', ' ')}`));
  return `#compdef quiltboot
_quiltboot() {
  local -a commands=(${names.join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command="$words[2]"
  shift words; (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _quiltboot quiltboot
`;
}

function fish(commands: readonly Offered[], general: Offered): string {
  const line = (when: string, { flag, help, words }: Offered['options'][number]): string => {
    const values = words.length > 0 ? ` -x -a ${quoted(words.join(' '))}` : '';
    return `complete -c quiltboot${when} -l ${flag.replace(/^-+/, '')} -d ${quoted(help)}${values}`;
  };
  return [
    ...commands.map(
      ({ name, help }) => `complete -c quiltboot -n __fish_use_subcommand -f -a ${name} -d ${quoted(help)}`,
    ),
    ...general.options.map((option) => line('', option)),
    ...commands.flatMap(({ name, options }) =>
      options.map((option) => line(` -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`, option)),
    ),
    '',
  ].join('\n');
}

const shells = { bash, zsh, fish } as const;

/** `quiltboot completion`: a script that lets a shell complete commands and options. */
export function completionCommand(io: Io, done: (status: number) => void): Command {
  return new Command('completion')
    .description('Print a script that lets a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      examplesText([
        'quiltboot completion bash > ~/.local/share/bash-completion/completions/quiltboot',
        'quiltboot completion zsh > ~/.zfunc/_quiltboot',
        'quiltboot completion fish > ~/.config/fish/completions/quiltboot.fish',
      ]),
    )
    .action((shell: keyof typeof shells, _options: unknown, self: Command) => {
      const program = self.parent ?? self;
      io.out(shells[shell](program.commands.map(offered), offered(program)));
      done(0);
    });
}
