/** What every error of jembench says: `where: what, got X, wanted Y`, then what to do next. */
export class JembenchError extends Error {
  override readonly name: string = 'JembenchError';
}

/** A tensor or array argument with the wrong rank, size or number of rows. */
export class ShapeError extends JembenchError {
  override readonly name = 'ShapeError';
}

/** An option outside its range, an unknown name, a file that cannot be read: the caller's input. The command exits with 2. */
export class InputError extends JembenchError {
  override readonly name = 'InputError';
}

/** A backend or device that was asked for and is not there. */
export class BackendError extends JembenchError {
  override readonly name = 'BackendError';
}
