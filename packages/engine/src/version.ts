/** Version of the engine, as audit entries name it. */
export const version = "0.1.0";
