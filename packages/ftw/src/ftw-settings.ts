/** SecLang text with the settings that the CRS project uses for its own tests; it stands before crs-setup.conf. */
export const ftwSettings: string = `SecAction "id:900005,phase:1,nolog,pass,ctl:ruleEngine=DetectionOnly,ctl:ruleRemoveById=910000,\\
setvar:tx.blocking_paranoia_level=4,setvar:tx.crs_validate_utf8_encoding=1,setvar:tx.arg_name_length=100,\\
setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,setvar:tx.max_file_size=64100,\\
setvar:tx.combined_file_sizes=65535"
SecResponseBodyMimeType text/plain text/html text/xml application/json
`;
