/** Why a run or a slot ended that was under way in a database which was restored from a backup. */
export const RESTORED = 'restored';

/** Why a message was never sent that waited in such a database. */
export const NOT_SENT_RESTORED = 'not sent: restored from a backup';
