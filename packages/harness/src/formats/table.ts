/** A table of text, ready for any renderer. */
export interface TextTable {
  readonly title: string;
  readonly columns: readonly { readonly header: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}
