/** The patterns of Logto's own schema. */
export const usernamePattern = /^[A-Z_a-z]\w*$/;
export const emailPattern = /^\S+@\S+\.\S+$/;
export const phonePattern = /^\d+$/;
