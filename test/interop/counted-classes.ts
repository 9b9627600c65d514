/** The classes that limits count a lease by. */

export interface ClassedLease {
  readonly 'ip-address': string;
  readonly state: number;
  readonly 'user-context'?: { readonly ISC: { readonly 'client-classes': readonly string[] } };
}

/** As Kea keeps them in the lease, but for those that nobody refers to: of these Tandem keeps no names. */
export function countedClasses({ 'user-context': context }: ClassedLease): readonly string[] {
  return (context?.ISC['client-classes'] ?? []).filter((name) => !name.startsWith('VENDOR_CLASS_'));
}
