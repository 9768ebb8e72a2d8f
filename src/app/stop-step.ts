/**
 * What a stopping host waits for, in this order: the goodbye to WhatsApp, agents that are let go of, sign-ins that are
 * being renewed, turns and deliveries, requests of agents, then what they are kept in.
 */
export type StopStep = 'link' | 'agents' | 'sign-ins' | 'engine' | 'mailboxes' | 'database';
