/** Public surface of this package: none, it is run. */
export {};
