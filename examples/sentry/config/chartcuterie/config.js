// Replaced by the application's own build of its chart styles.
module.exports = { default: { version: 'none', renderConfig: new Map() } };
