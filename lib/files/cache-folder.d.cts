/**
 * Where a project keeps what can be made again at any time: the first of `node_modules/.cache/mlops-infra`,
 * `mlops-infra` in `$XDG_CACHE_HOME` (`~/.cache`), and `mlops-infra-<user id>` in the folder for temporary files that can
 * be written, and into which nobody else can put anything: programs are started from there. Makes that folder.
 *
 * Where none can be written, a safe one to read; where none is safe, a path at which nothing is and nothing can be made.
 * Throws nothing.
 *
 * @param root the folder of the project
 */
export declare function cacheFolderOf(root: string): string;
