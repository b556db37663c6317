declare module "workerd" {
  /** A CommonJS module: its default export arrives as a property. */
  const workerd: {
    /** Path of the workerd binary for this machine. */
    default: string;
  };
  export default workerd;
}
